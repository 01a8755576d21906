import pytest

pytest.register_assert_rewrite("tests.machines.two_sided_machine", "tests.machines.workspace")
