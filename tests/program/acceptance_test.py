"""The outside check of whole runs against numpy, on every checkpoint in the shared folder that it can read."""
import subprocess

import pytest


@pytest.mark.parametrize("models", [
    ["shakespeare-gpt2/step0", "shakespeare-gpt2/step3000"],
    ["shakespeare-neox/step1000", "shakespeare-qwen2/step1000"],
])
def test_outside_check(program, shared, tmp_path, models):
    arguments = [item for model in models for item in ("--checkpoint", str(shared / "models" / model))]
    result = subprocess.run(["/usr/bin/python3", str(shared / "accept" / "check_results.py"), "--bin", program.path,
                             "--ranks", "2", "--keep", str(tmp_path / "kept"), *arguments],
                            capture_output=True, text=True, env=program.environment, timeout=800)
    last = result.stdout.strip().splitlines()[-1]
    assert result.returncode == 0, result.stdout[-3000:] + result.stderr[-2000:]
    assert " 0 off" in last
