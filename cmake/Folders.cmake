# sotto_folder(NAME SOURCES a.c ... LIBS sotto_base ... PkgConfig::X ...)
# One static library for one folder of src/. LIBS names lower ranks only (tools/layers.txt).
function(sotto_folder name)
	cmake_parse_arguments(F "" "" "SOURCES;LIBS" ${ARGN})
	add_library(sotto_${name} STATIC ${F_SOURCES})
	target_include_directories(sotto_${name} PUBLIC ${PROJECT_SOURCE_DIR}/src)
	target_link_libraries(sotto_${name} PUBLIC sotto_flags ${F_LIBS})
endfunction()

# sotto_unit(NAME SOURCES sip/via_test.c ... LIBS sotto_sip ... [WRAP])
# A cmocka program tests/unit/NAME, run by ctest as unit.NAME. WRAP: allocations of our own code
# can be made to fail (tests/unit/alloc_fail.h).
function(sotto_unit name)
	cmake_parse_arguments(F "WRAP" "" "SOURCES;LIBS" ${ARGN})
	add_executable(unit_${name} ${F_SOURCES})
	target_include_directories(unit_${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
	target_compile_definitions(unit_${name} PRIVATE
		TEST_DATA_DIR="${PROJECT_SOURCE_DIR}/tests/data")
	target_link_libraries(unit_${name} PRIVATE ${F_LIBS} PkgConfig::CMOCKA)
	if(F_WRAP)
		target_sources(unit_${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests/unit/alloc_fail.c)
		target_link_options(unit_${name} PRIVATE
			-Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=strdup)
	endif()
	add_test(NAME unit.${name} COMMAND unit_${name})
	set_tests_properties(unit.${name} PROPERTIES LABELS unit TIMEOUT 300)
endfunction()

# sotto_fuzz(NAME SOURCES name_fuzz.c LIBS sotto_sip ...)
# With SOTTO_FUZZ a libFuzzer program; otherwise a program that replays
# tests/fuzz/corpus/NAME, run by ctest as fuzz.NAME.
function(sotto_fuzz name)
	cmake_parse_arguments(F "" "" "SOURCES;LIBS" ${ARGN})
	add_executable(fuzz_${name} ${F_SOURCES})
	target_include_directories(fuzz_${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
	target_link_libraries(fuzz_${name} PRIVATE ${F_LIBS})
	if(SOTTO_FUZZ)
		target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
	else()
		target_sources(fuzz_${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests/fuzz/replay.c)
		add_test(NAME fuzz.${name}
			COMMAND fuzz_${name} ${PROJECT_SOURCE_DIR}/tests/fuzz/corpus/${name})
		set_tests_properties(fuzz.${name} PROPERTIES LABELS fuzz TIMEOUT 300)
	endif()
endfunction()
