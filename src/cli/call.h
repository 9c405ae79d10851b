/** @file cli/call.h  `sotto call`: places one call and says what protected it. */
#pragma once

/** argv[0] is "call". Returns the exit status: 0 heard what it should, 1 not, 2 usage. */
int call_main(int argc, char **argv);
