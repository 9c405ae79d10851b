# One target that carries the flags of every object we compile.
add_library(sotto_flags INTERFACE)
target_compile_definitions(sotto_flags INTERFACE _GNU_SOURCE)
target_compile_options(sotto_flags INTERFACE
	-Wall -Wextra -Wshadow -Wconversion -Wswitch-enum -Werror
	-Wstrict-prototypes -Wmissing-prototypes -Wvla -Wpointer-arith -Wundef -Wformat=2
	-fno-strict-aliasing -fstack-protector-strong -fvisibility=hidden
	-UNDEBUG) # assert stays on in release: it guards against our own bugs
if(SOTTO_SANITIZE)
	target_compile_options(sotto_flags INTERFACE
		-fsanitize=${SOTTO_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
	target_link_options(sotto_flags INTERFACE -fsanitize=${SOTTO_SANITIZE})
endif()
if(SOTTO_FUZZ)
	# coverage for every object; the driver itself is linked into the fuzz targets only
	target_compile_options(sotto_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
