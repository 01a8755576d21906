import pytest

pytest.register_assert_rewrite("tests.machines.both", "tests.machines.workspace")
