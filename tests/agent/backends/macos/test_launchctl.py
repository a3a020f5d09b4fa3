"""The words for launchctl; nothing of them has run on a Mac."""

from lamplighter_agent.backends.macos import launchctl

from installers.macos import launchd


def test_the_agent_and_the_installer_mean_the_same_job() -> None:
    assert launchctl.LABEL == launchd.SESSION
    assert f"/Library/LaunchAgents/{launchd.SESSION}.plist" == launchctl.JOB


def test_each_wish_is_about_one_person_s_graphical_session() -> None:
    helper = "gui/501/lamplighter.session"
    assert launchctl.start(501)[-1] == ["/bin/launchctl", "kickstart", helper]
    assert launchctl.start(501)[0][1:3] == ["bootstrap", "gui/501"]
    assert launchctl.restart(501) == [["/bin/launchctl", "kickstart", "-k", helper]]
    assert launchctl.sign_out(501) == [["/bin/launchctl", "bootout", "gui/501"]]


def test_a_program_runs_as_the_person_in_their_session_and_its_words_stay_words() -> None:
    command = launchctl.as_person(501, ["/usr/bin/open", "-a page"])
    assert command[:3] == ["/bin/launchctl", "asuser", "501"]
    assert command[3:] == ["/usr/bin/sudo", "-n", "-u", "#501", "--", "/usr/bin/open", "-a page"]
