# Completion of refloat for PowerShell: add this to $PROFILE.

Register-ArgumentCompleter -Native -CommandName 'refloat' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $words = @($commandAst.CommandElements |
        Where-Object { $_.Extent.StartOffset -lt $cursorPosition } |
        ForEach-Object { $_.ToString() })
    $program = $words[0]
    $typed = @($words | Select-Object -Skip 1)
    if ($wordToComplete -eq '') {
        # An empty argument is dropped unless it is quoted twice, before PowerShell 7.3.
        if ($PSVersionTable.PSVersion -lt [version]'7.3') { $typed += '""' } else { $typed += '' }
    }
    $lines = @(& $program __complete @typed 2>$null)
    if ($lines.Count -eq 0) { return }
    $before = ''
    if ($wordToComplete -match '^(--[^=]+=)') { $before = $Matches[1] }
    $lines | Select-Object -SkipLast 1 | ForEach-Object {
        $word, $description = $_ -split "`t", 2
        if (-not $description) { $description = $word }
        [System.Management.Automation.CompletionResult]::new("$before$word", $word, 'ParameterValue', $description)
    }
}
