/**
 * @file daemon/config.c  Walks the events of libyaml beside the table of keys. What is wrong is
 * reported and stepped over, so that one run tells all errors.
 */
#include "daemon/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <yaml.h>

#include "daemon/config_check.h"
#include "daemon/config_keys.h"

#define KEY_MAX      64 /* bytes of one key */
#define CHILDREN_MAX 32 /* keys of one mapping */

/** Where the walk is: "listeners[1]." for people, "listeners[]." for the table. */
struct place {
	char shown[160], generic[160];
	void *object;    /* the struct that its keys are members of */
	unsigned *lines; /* of those keys, by row */
};

struct walk {
	yaml_parser_t parser;
	struct config_walked *walked;
	struct span folder;
};

static unsigned line_of(const yaml_event_t *e)
{
	return (unsigned)e->start_mark.line + 1;
}

static sotto_err next(struct walk *w, yaml_event_t *e)
{
	memset(e, 0, sizeof(*e));
	if (yaml_parser_parse(&w->parser, e))
		return SOTTO_OK;
	config_report_add(w->walked, (unsigned)w->parser.problem_mark.line + 1, "",
		"not valid YAML: %s%s%s", w->parser.problem ? w->parser.problem : "out of memory",
		w->parser.context ? ", " : "", w->parser.context ? w->parser.context : "");
	return SOTTO_ESYNTAX;
}

/** Goes on to the end of the value that `e` begins. `e` is the caller's to delete. */
static sotto_err skip(struct walk *w, const yaml_event_t *e)
{
	yaml_event_t inner;
	unsigned depth =
		e->type == YAML_MAPPING_START_EVENT || e->type == YAML_SEQUENCE_START_EVENT;

	while (depth > 0) {
		TRY(next(w, &inner));
		if (inner.type == YAML_MAPPING_START_EVENT ||
			inner.type == YAML_SEQUENCE_START_EVENT)
			depth++;
		else if (inner.type == YAML_MAPPING_END_EVENT ||
			 inner.type == YAML_SEQUENCE_END_EVENT)
			depth--;
		yaml_event_delete(&inner);
	}
	return SOTTO_OK;
}

static struct span scalar(const yaml_event_t *e)
{
	return (struct span){ (const char *)e->data.scalar.value, e->data.scalar.length };
}

/** A key with nothing behind it. */
static bool is_null(const yaml_event_t *e)
{
	return e->type == YAML_SCALAR_EVENT && e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
	       (e->data.scalar.length == 0 || span_eq(scalar(e), SPAN("~")) ||
		       span_eq(scalar(e), SPAN("null")));
}

static void write_found(struct buf *b, const yaml_event_t *e)
{
	struct span text;

	buf_lit(b, "found ");
	if (e->type == YAML_MAPPING_START_EVENT) {
		buf_lit(b, "a block of keys");
	} else if (e->type == YAML_SEQUENCE_START_EVENT) {
		buf_lit(b, "a list");
	} else if (e->type == YAML_ALIAS_EVENT) {
		buf_lit(b, "an alias");
	} else if (is_null(e)) {
		buf_lit(b, "nothing");
	} else {
		text = scalar(e);
		text.n = text.n > KEY_MAX ? KEY_MAX : text.n;
		json_write_string(b, text);
	}
}

static void wrong_value(struct walk *w, const yaml_event_t *e, const char *key, const char *allowed)
{
	char text[512] = "";
	struct buf b = buf_over(text, sizeof(text) - 1);

	write_found(&b, e);
	config_report_add(w->walked, line_of(e), key, "%s, allowed: %s", text, allowed);
}

static sotto_err read_leaf(
	struct walk *w, const struct place *p, const struct config_key *k, const char *shown)
{
	char text[256] = "";
	struct buf allowed = buf_over(text, sizeof(text) - 1);
	yaml_event_t e;
	sotto_err err = next(w, &e);

	TRY(err);
	p->lines[k - config_keys] = line_of(&e);
	if (e.type != YAML_SCALAR_EVENT || is_null(&e) ||
		config_value_set(k, p->object, scalar(&e), w->folder)) {
		config_value_write_allowed(&allowed, k);
		wrong_value(w, &e, shown, text);
		err = skip(w, &e);
	}
	yaml_event_delete(&e);
	return err;
}

static sotto_err read_mapping(struct walk *w, const struct place *p);

static sotto_err read_section(struct walk *w, const struct place *p, const char *shown)
{
	yaml_event_t e;
	sotto_err err = next(w, &e);

	TRY(err);
	if (e.type == YAML_MAPPING_START_EVENT) {
		err = read_mapping(w, p);
	} else if (!is_null(&e)) { /* a section whose keys are all commented out is legal */
		wrong_value(w, &e, shown, "a block of keys");
		err = skip(w, &e);
	}
	yaml_event_delete(&e);
	return err;
}

static sotto_err read_listener(struct walk *w, const yaml_event_t *e)
{
	struct config_walked *out = w->walked;
	size_t i = out->config->listener_count;
	struct place p = { .generic = CONFIG_LIST "[]." };
	char shown[32];

	snprintf(shown, sizeof(shown), CONFIG_LIST "[%zu]", i);
	if (e->type != YAML_MAPPING_START_EVENT) {
		wrong_value(w, e, shown, "a block of keys");
		return skip(w, e);
	}
	if (i == TRANSPORT_LISTENERS_MAX) {
		config_report_add(out, line_of(e), CONFIG_LIST,
			"found more than %d, allowed: 1 to %d", TRANSPORT_LISTENERS_MAX,
			TRANSPORT_LISTENERS_MAX);
		out->has_too_many = true;
		return skip(w, e);
	}
	out->config->listener_count++;
	out->listener_line[i] = line_of(e);
	p.object = &out->config->listeners[i];
	p.lines = out->listener_lines[i];
	snprintf(p.shown, sizeof(p.shown), "%s.", shown);
	return read_mapping(w, &p);
}

static sotto_err read_list(struct walk *w)
{
	yaml_event_t e;
	sotto_err err = next(w, &e);
	bool end;

	TRY(err);
	w->walked->list_line = line_of(&e);
	if (e.type != YAML_SEQUENCE_START_EVENT) {
		wrong_value(w, &e, CONFIG_LIST, "a list, each item beginning with '-'");
		err = skip(w, &e);
		yaml_event_delete(&e);
		return err;
	}
	yaml_event_delete(&e);
	do {
		TRY(next(w, &e));
		end = e.type == YAML_SEQUENCE_END_EVENT;
		if (!end)
			err = w->walked->has_too_many ? skip(w, &e) : read_listener(w, &e);
		yaml_event_delete(&e);
	} while (!end && !err);
	return err;
}

/** The row whose path is all of `path`; NULL: none. */
static const struct config_key *find_key(const char *path)
{
	for (size_t i = 0; i < config_key_count; i++)
		if (strcmp(config_keys[i].path, path) == 0)
			return &config_keys[i];
	return NULL;
}

static bool is_section(const char *path)
{
	struct span rest;

	for (size_t i = 0; i < config_key_count; i++) {
		rest = span_of(config_keys[i].path);
		if (span_strip(&rest, span_of(path)) && span_strip(&rest, SPAN(".")))
			return true;
	}
	return false;
}

/** "bind, advertise, …": the next word of each path that begins with `prefix`. */
static void write_children(struct buf *b, const char *prefix)
{
	struct span last = SPAN_NONE;

	for (size_t i = 0; i < config_key_count; i++) {
		struct span rest = span_of(config_keys[i].path), word;
		if (!span_strip(&rest, span_of(prefix)))
			continue;
		span_take(&rest, '.', &word);
		if (word.n > 2 && word.p[word.n - 1] == ']')
			word.n -= 2;
		if (span_eq(word, last))
			continue;
		if (last.n)
			buf_lit(b, ", ");
		buf_put(b, word);
		last = word;
	}
}

static sotto_err unknown_key(
	struct walk *w, const struct place *p, unsigned line, const char *shown)
{
	char text[512] = "";
	struct buf b = buf_over(text, sizeof(text) - 1);
	yaml_event_t e;
	sotto_err err;

	write_children(&b, p->generic);
	config_report_add(w->walked, line, shown, "unknown key, allowed: %s", text);
	TRY(next(w, &e));
	err = skip(w, &e);
	yaml_event_delete(&e);
	return err;
}

/** One key and its value. */
static sotto_err read_child(struct walk *w, const struct place *p, const char *key, unsigned line)
{
	char shown[sizeof(p->shown) + KEY_MAX + 1], generic[sizeof(p->generic) + KEY_MAX + 1];
	struct place below = *p;
	const struct config_key *k;

	snprintf(shown, sizeof(shown), "%s%s", p->shown, key);
	snprintf(generic, sizeof(generic), "%s%s", p->generic, key);
	if (strpbrk(key, ".[]")) /* no path of the table is one key */
		return unknown_key(w, p, line, shown);
	k = find_key(generic);
	if (k)
		return read_leaf(w, p, k, shown);
	if (strcmp(generic, CONFIG_LIST) == 0)
		return read_list(w);
	if (!is_section(generic) || strlen(shown) + 2 > sizeof(below.shown))
		return unknown_key(w, p, line, shown);
	snprintf(below.shown, sizeof(below.shown), "%.*s.", (int)strlen(shown), shown);
	snprintf(below.generic, sizeof(below.generic), "%.*s.", (int)strlen(generic), generic);
	return read_section(w, &below, shown);
}

/** The keys that a mapping has had, to find one that stands there twice. */
struct seen {
	char keys[CHILDREN_MAX][KEY_MAX + 1];
	unsigned lines[CHILDREN_MAX];
	size_t n;
};

static bool is_repeated(
	struct walk *w, const struct place *p, struct seen *seen, const char *key, unsigned line)
{
	char shown[sizeof(p->shown) + KEY_MAX];

	for (size_t i = 0; i < seen->n; i++) {
		if (strcmp(seen->keys[i], key) == 0) {
			snprintf(shown, sizeof(shown), "%s%s", p->shown, key);
			config_report_add(w->walked, line, shown,
				"stands there a second time, allowed: once (first in line %u)",
				seen->lines[i]);
			return true;
		}
	}
	if (seen->n < CHILDREN_MAX) {
		snprintf(seen->keys[seen->n], sizeof(seen->keys[0]), "%s", key);
		seen->lines[seen->n++] = line;
	}
	return false;
}

/** The key as text; what cannot be shown becomes '?', which no key of ours has. */
static bool take_key(const yaml_event_t *e, char key[KEY_MAX + 1])
{
	if (e->type != YAML_SCALAR_EVENT || span_cstr(scalar(e), key, KEY_MAX + 1))
		return false;
	for (size_t i = 0; i < e->data.scalar.length; i++)
		if ((uint8_t)key[i] < ' ' || key[i] == 0x7f)
			key[i] = '?';
	return true;
}

static sotto_err read_key(
	struct walk *w, const struct place *p, struct seen *seen, const yaml_event_t *e)
{
	char key[KEY_MAX + 1];
	yaml_event_t value;
	sotto_err err;

	if (!take_key(e, key))
		wrong_value(w, e, p->shown, "a key");
	else if (!is_repeated(w, p, seen, key, line_of(e)))
		return read_child(w, p, key, line_of(e));
	TRY(skip(w, e));
	TRY(next(w, &value));
	err = skip(w, &value);
	yaml_event_delete(&value);
	return err;
}

/** After its start, to its end. */
static sotto_err read_mapping(struct walk *w, const struct place *p)
{
	struct seen seen = { .n = 0 };
	yaml_event_t e;
	sotto_err err = SOTTO_OK;
	bool end;

	do {
		TRY(next(w, &e));
		end = e.type == YAML_MAPPING_END_EVENT;
		if (!end)
			err = read_key(w, p, &seen, &e);
		yaml_event_delete(&e);
	} while (!end && !err);
	return err;
}

static sotto_err read_document(struct walk *w)
{
	struct place top = { .object = w->walked->config, .lines = w->walked->lines };
	yaml_event_t e;
	sotto_err err = next(w, &e);

	TRY(err);
	if (e.type == YAML_MAPPING_START_EVENT) {
		err = read_mapping(w, &top);
	} else if (!is_null(&e)) {
		wrong_value(w, &e, "", "a block of keys");
		err = skip(w, &e);
	}
	yaml_event_delete(&e);
	return err;
}

static sotto_err read_stream(struct walk *w)
{
	yaml_event_t e;
	sotto_err err = SOTTO_OK;
	unsigned documents = 0;
	bool end;

	do {
		TRY(next(w, &e));
		end = e.type == YAML_STREAM_END_EVENT;
		if (e.type == YAML_DOCUMENT_START_EVENT && documents++ > 0) {
			config_report_add(w->walked, line_of(&e), "",
				"found a second document ('---'), allowed: one");
			err = SOTTO_ESYNTAX;
		} else if (e.type == YAML_DOCUMENT_START_EVENT) {
			err = read_document(w);
		}
		yaml_event_delete(&e);
	} while (!end && !err);
	return err;
}

static struct span folder_of(const char *file)
{
	const char *slash = strrchr(file, '/');

	return slash ? (struct span){ file, (size_t)(slash - file) } : SPAN_NONE;
}

sotto_err config_parse(
	struct config *out, struct span text, const char *file, struct config_report *report)
{
	struct config_walked *walked = calloc(1, sizeof(*walked));
	struct walk w = { .walked = walked, .folder = folder_of(file) };

	config_report_init(report);
	if (!walked)
		return SOTTO_ENOMEM;
	walked->config = out;
	walked->report = report;
	walked->file = file;
	config_set_defaults(out);
	if (!yaml_parser_initialize(&w.parser)) {
		free(walked);
		return SOTTO_ENOMEM;
	}
	yaml_parser_set_input_string(
		&w.parser, (const unsigned char *)(text.p ? text.p : ""), text.n);
	yaml_parser_set_encoding(&w.parser, YAML_UTF8_ENCODING);
	if (read_stream(&w) == SOTTO_OK)
		config_check(walked);
	yaml_parser_delete(&w.parser);
	free(walked);
	return report->count ? SOTTO_ESYNTAX : SOTTO_OK;
}
