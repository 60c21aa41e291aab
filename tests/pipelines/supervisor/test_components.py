"""Components are started again a few times, and none is left when the household stops."""

from pathlib import Path

from tests.pipelines.supervisor.scenario import HALF_ENDED, SLEEPER, STUBBORN_FAMILY, start, wait_until_gone


def test_a_component_that_dies_is_started_again(tmp_path: Path) -> None:
    program = start(
        tmp_path,
        f"""
        linux_processes.adopt_orphans()
        house = ComponentGroup()
        house.start(program("sleeper", {SLEEPER!r}))
        before = house.components[0].process.pid
        os.kill(before, signal.SIGKILL)
        house.components[0].process.wait()
        house.watch()
        print(house.components[0].process.pid != before, house.components[0].exit_code)
        house.stop()
        """,
    )
    output, _ = program.communicate(timeout=300)
    assert "sleeper ended by itself (exit code -9); starting it again (1)" in output
    assert output.endswith("True None\n")
    assert wait_until_gone(tmp_path) == []


def test_the_children_of_a_dead_component_do_not_outlive_it(tmp_path: Path) -> None:
    program = start(
        tmp_path,
        f"""
        linux_processes.adopt_orphans()
        house = ComponentGroup()
        house.start(program("family", {STUBBORN_FAMILY!r}))
        while len(descendants()) < 2: time.sleep(0.02)
        child = [each for each in descendants() if each.pid != house.components[0].process.pid][0]
        os.kill(house.components[0].process.pid, signal.SIGKILL)
        house.components[0].process.wait()
        house.watch()
        print("child runs:", child.is_running())
        components.GRACE_SECONDS = 0.2
        house.stop()
        """,
    )
    output, _ = program.communicate(timeout=300)
    assert output.endswith("child runs: False\n")
    assert wait_until_gone(tmp_path) == []


def test_a_component_stands_as_far_behind_as_it_was_told(tmp_path: Path) -> None:
    program = start(
        tmp_path,
        f"""
        house = ComponentGroup()
        sleeper = program("sleeper", {SLEEPER!r})
        sleeper.nice = 7
        house.start(sleeper)
        print(os.getpriority(os.PRIO_PROCESS, sleeper.process.pid) - os.getpriority(os.PRIO_PROCESS, 0))
        house.stop()
        """,
    )
    output, _ = program.communicate(timeout=300)
    assert output.endswith("7\n")


def test_a_component_that_keeps_dying_ends_in_an_error_with_its_last_lines(tmp_path: Path) -> None:
    program = start(
        tmp_path,
        """
        house = ComponentGroup()
        house.start(program("fragile", "print('the disk is full'); raise SystemExit(3)"))
        house.wait_for("Nothing", lambda: None, 30, every=0.05)
        """,
    )
    output, _ = program.communicate(timeout=300)
    assert output.count("starting it again") == 3
    assert "fragile ended 4 times (exit code 3). Its last lines:" in output
    assert "    the disk is full" in output


def test_a_program_that_runs_once_and_fails_shows_its_last_lines(tmp_path: Path) -> None:
    program = start(
        tmp_path, 'ComponentGroup().run_once(program("migrate", "raise SystemExit(\'the database is locked\')"))'
    )
    output, _ = program.communicate(timeout=300)
    assert "migrate failed (exit code 1). Its last lines:\n    the database is locked" in output


def test_waiting_too_long_names_what_was_waited_for_and_the_logs(tmp_path: Path) -> None:
    program = start(
        tmp_path,
        f"""
        house = ComponentGroup()
        house.start(program("sleeper", {SLEEPER!r}))
        try:
            house.wait_for("Starting Airflow", lambda: None, 0.3)
        finally:
            house.stop()
        """,
    )
    output, _ = program.communicate(timeout=300)
    assert f"Starting Airflow took longer than 0 s. See the logs: {tmp_path}/sleeper.log" in output


def test_stop_ends_components_that_ignore_it_and_their_children_in_other_sessions(tmp_path: Path) -> None:
    program = start(
        tmp_path,
        f"""
        linux_processes.adopt_orphans()
        house = ComponentGroup()
        house.start(program("family", {STUBBORN_FAMILY!r}))
        while len(descendants()) < 2: time.sleep(0.02)
        components.GRACE_SECONDS = 0.3
        house.stop()
        print("left:", len(descendants()))
        """,
    )
    output, _ = program.communicate(timeout=300)
    assert output.endswith("left: 0\n")
    assert wait_until_gone(tmp_path) == []


def test_a_process_whose_first_thread_has_ended_is_ended_too(tmp_path: Path) -> None:
    program = start(
        tmp_path,
        f"""
        import psutil
        linux_processes.adopt_orphans()
        house = ComponentGroup()
        house.start(program("half", {HALF_ENDED!r}))
        process = psutil.Process(house.components[0].process.pid)
        while process.status() != psutil.STATUS_ZOMBIE: time.sleep(0.02)
        components.GRACE_SECONDS = 0.2
        assert Path(f"/proc/{{process.pid}}/task").is_dir()
        print("left:", house.stop(), Path(f"/proc/{{process.pid}}").exists())
        """,
    )
    output, _ = program.communicate(timeout=300)
    assert output.endswith("left: [] False\n")


def test_the_log_of_the_start_before_is_kept(tmp_path: Path) -> None:
    for word in ("first", "second"):
        start(tmp_path, f'ComponentGroup().run_once(program("talker", "print({word!r})"))').communicate(timeout=300)
    assert (tmp_path / "talker.log").read_text() == "second\n"
    assert (tmp_path / "talker.log.1").read_text() == "first\n"
