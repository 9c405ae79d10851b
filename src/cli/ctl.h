/** @file cli/ctl.h  `sotto ctl`: asks the daemon over its control socket. */
#pragma once

/**
 * argv[0] is "ctl". Returns the exit status: 0 done; 1 refused, or the daemon cannot be reached;
 * 2 usage.
 * @param socket [in] the path unless --socket gives one
 */
int ctl_main(int argc, char **argv, const char *socket);
