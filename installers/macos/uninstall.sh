#!/bin/sh
# Removes the agent from a Mac, with all that it stored. Run as root; the profile is removed by device management.
set -eu
if [ "$(/usr/bin/id -u)" -ne 0 ]; then
    echo "run as root" >&2
    exit 2
fi
program=/Library/Lamplighter/Lamplighter.app/Contents/MacOS/lamplighter-agent
user=$(/usr/bin/stat -f %u /dev/console)
/bin/launchctl bootout "gui/$user/lamplighter.session" 2>/dev/null || true
/bin/launchctl bootout system/lamplighter.service 2>/dev/null || true
# The key first, which lies in the keychain: what is sealed by it is unreadable then, also in a backup.
if [ -x "$program" ] && ! "$program" erase; then
    echo "the key was not destroyed; what was stored is removed all the same" >&2
fi
/bin/rm -f /Library/LaunchAgents/lamplighter.session.plist /Library/LaunchDaemons/lamplighter.service.plist
/bin/rm -f /Library/Logs/Lamplighter.log
/bin/rm -rf /Library/Lamplighter
/usr/sbin/pkgutil --forget lamplighter.agent 2>/dev/null || true
