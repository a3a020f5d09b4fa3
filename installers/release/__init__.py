"""What a release is: every artefact, what each contains and under which licences, checksums, one signature.

`make release` fills `dist/`; a step that fails ends it, by name.
"""
