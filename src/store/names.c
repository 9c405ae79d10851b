/** @file store/names.c */
#include "store/names.h"

#include "store/directory.h"

const struct name names_connection_kind[] = {
	{ "credential", CONNECTION_CREDENTIAL },
	{ "ip", CONNECTION_IP },
	{ "fqdn", CONNECTION_FQDN },
	{ NULL, 0 },
};

const struct name names_encrypted_media[] = {
	{ "off", ENCRYPTED_MEDIA_OFF },
	{ "srtp", ENCRYPTED_MEDIA_SRTP },
	{ "optional", ENCRYPTED_MEDIA_OPTIONAL },
	{ NULL, 0 },
};

const struct name names_transport[] = {
	{ "udp", SIP_TRANSPORT_UDP },
	{ "tcp", SIP_TRANSPORT_TCP },
	{ "tls", SIP_TRANSPORT_TLS },
	{ "wss", SIP_TRANSPORT_WSS },
	{ NULL, 0 },
};

const char *name_text(const struct name *list, int value)
{
	for (; list->text; list++)
		if (list->value == value)
			return list->text;
	return "?";
}

sotto_err name_parse(const struct name *list, struct span text, int *value)
{
	*value = 0;
	for (; list->text; list++) {
		if (span_eq(text, span_of(list->text))) {
			*value = list->value;
			return SOTTO_OK;
		}
	}
	return SOTTO_ENOENT;
}

sotto_err failure_parse(struct span text, enum failure *out)
{
	*out = FAILURE_none;
	for (int f = 0; f < FAILURE_COUNT; f++) {
		if (span_eq(text, span_of(failure_info((enum failure)f)->name))) {
			*out = (enum failure)f;
			return SOTTO_OK;
		}
	}
	return SOTTO_ENOENT;
}
