/** @file base/err.c  Names, texts and classes of error codes. */
#include "base/err.h"

const char *err_name(sotto_err err)
{
	switch (err) {
#define X(name, num, text) \
	case SOTTO_##name: return #name;
		SOTTO_ERRORS(X)
#undef X
	}
	return "?";
}

const char *err_text(sotto_err err)
{
	switch (err) {
#define X(name, num, text) \
	case SOTTO_##name: return text;
		SOTTO_ERRORS(X)
#undef X
	}
	return "?";
}

enum err_class err_class(sotto_err err)
{
	if (err == SOTTO_OK)
		return ERR_CLASS_NONE;
	if (err < 100)
		return ERR_CLASS_SYSTEM;
	if (err < 200)
		return ERR_CLASS_PEER;
	return err < 300 ? ERR_CLASS_POLICY : ERR_CLASS_BUG;
}
