/**
 * @file cli/ctl_print.h  Answers for people: aligned columns. What came from the network is shown
 * without control characters.
 */
#pragma once
#include <jansson.h>
#include <stdio.h>

void ctl_print_connection(FILE *out, const json_t *data);
void ctl_print_connections(FILE *out, const json_t *data);
void ctl_print_credential(FILE *out, const json_t *data);
void ctl_print_number(FILE *out, const json_t *data);
void ctl_print_numbers(FILE *out, const json_t *data);
void ctl_print_records(FILE *out, const json_t *data);
void ctl_print_removed(FILE *out, const json_t *data);
void ctl_print_status(FILE *out, const json_t *data);
