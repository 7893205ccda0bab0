# Completion of refloat for PowerShell (5.1 and newer): add this to $PROFILE.

Register-ArgumentCompleter -Native -CommandName 'refloat', 'refloat.cmd' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    # What stands before the cursor, without the quotes of quoted words.
    $words = @($commandAst.CommandElements |
        Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
        ForEach-Object {
            if ($_ -is [System.Management.Automation.Language.StringConstantExpressionAst]) { $_.Value }
            else { $_.ToString() }
        })
    if ($words.Count -eq 0) { return }
    $program = $words[0]
    $typed = @($words | Select-Object -Skip 1)
    if ($wordToComplete -ne '') {
        $typed += $wordToComplete
    } elseif ($PSVersionTable.PSVersion -lt [version]'7.3' -or $IsWindows) {
        # An empty argument is dropped unless it is quoted twice: before 7.3, and for .cmd files.
        $typed += '""'
    } else {
        $typed += ''
    }
    $lines = @(& $program __complete @typed 2>$null)
    if ($lines.Count -lt 2) { return }
    $before = ''
    if ($wordToComplete -match '^(--[^=]+=)') { $before = $Matches[1] }
    $lines | Select-Object -SkipLast 1 | ForEach-Object {
        $word, $description = $_ -split "`t", 2
        if (-not $description) { $description = $word }
        [System.Management.Automation.CompletionResult]::new("$before$word", $word, 'ParameterValue', $description)
    }
}
