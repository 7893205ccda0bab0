package dev.refloat.testbed;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/// Tests that need a real API server. Where its programs cannot be had they are skipped, with one
/// line that says why; with `CI=true` or `REFLOAT_E2E=required` they fail instead, and with
/// `REFLOAT_E2E=off` they are not run at all.
@Target({ElementType.TYPE, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(TestBedCondition.class)
@interface RequiresTestBed {}
