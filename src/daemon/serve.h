/** @file daemon/serve.h  `sotto serve`: the daemon. */
#pragma once

/**
 * argv[0] is "serve". Runs until SIGTERM or SIGINT; a second one ends it at once.
 * Returns the exit status: 0 ended as told, or the check found nothing; 1 failed; 2 usage.
 */
int serve_main(int argc, char **argv);
