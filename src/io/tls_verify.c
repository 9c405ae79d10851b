/** @file io/tls_verify.c */
#include "io/tls_verify.h"

#include <openssl/evp.h>
#include <openssl/x509v3.h>

static struct span asn1_span(const ASN1_STRING *s)
{
	return (struct span){ (const char *)ASN1_STRING_get0_data(s),
		(size_t)ASN1_STRING_length(s) };
}

/** RFC 5922 §7.2: the whole name, without case; a wildcard only where the operator allows it. */
static bool host_matches(struct span identity, struct span host, bool wildcard)
{
	struct span label, rest = host;

	if (span_eq_nocase(identity, host))
		return true;
	if (!wildcard || !span_strip(&identity, SPAN("*.")))
		return false;
	return span_take(&rest, '.', &label) && label.n > 0 && span_has(identity, '.') &&
	       span_eq_nocase(identity, rest);
}

/** §7.1: the host of a "sip" URI that has no user part; false if it is none. */
static bool uri_identity(struct span uri, struct span *host)
{
	struct span scheme = { uri.p, uri.n < 4 ? uri.n : 4 };
	size_t n = 0;

	*host = SPAN_NONE;
	if (!span_eq_nocase(scheme, SPAN("sip:")) || span_has(uri, '@'))
		return false;
	uri.p += 4;
	uri.n -= 4;
	while (n < uri.n && uri.p[n] != ':' && uri.p[n] != ';' && uri.p[n] != '?')
		n++;
	*host = (struct span){ uri.p, n };
	return n > 0;
}

/** §7.1: DNS names count only if there is no identity of the URI type. */
static bool alt_names_have(const GENERAL_NAMES *names, struct span host, bool wildcard)
{
	bool uri_seen = false, uri_matches = false, dns_matches = false;
	struct span identity;

	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
		if (name->type == GEN_URI &&
			uri_identity(asn1_span(name->d.uniformResourceIdentifier), &identity)) {
			uri_seen = true;
			uri_matches |= host_matches(identity, host, wildcard);
		} else if (name->type == GEN_DNS) {
			dns_matches |= host_matches(asn1_span(name->d.dNSName), host, wildcard);
		}
	}
	return uri_seen ? uri_matches : dns_matches;
}

static bool common_name_is(const X509 *cert, struct span host, bool wildcard)
{
	const X509_NAME *subject = X509_get_subject_name(cert);
	int i = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);

	return i >= 0 &&
	       host_matches(asn1_span(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, i))),
		       host, wildcard);
}

bool tls_cert_has_host(const X509 *cert, struct span host, bool wildcard)
{
	GENERAL_NAMES *names;
	int crit;
	bool has;

	if (host.n == 0)
		return false;
	names = X509_get_ext_d2i(cert, NID_subject_alt_name, &crit, NULL);
	if (!names) /* crit -1: there is none; otherwise it is malformed, and names nobody */
		return crit == -1 && common_name_is(cert, host, wildcard);
	has = alt_names_have(names, host, wildcard);
	GENERAL_NAMES_free(names);
	return has;
}

bool tls_cert_has_ip(const X509 *cert, const struct netaddr *ip)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);
	struct span want = { (const char *)ip->ip, ip->family == IP_V4 ? 4 : 16 };
	bool has = false;

	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
		has |= name->type == GEN_IPADD && span_eq(asn1_span(name->d.iPAddress), want);
	}
	GENERAL_NAMES_free(names);
	return has;
}

sotto_err tls_cert_pin(const X509 *cert, uint8_t out[32])
{
	uint8_t *der = NULL;
	int n = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(cert), &der);
	bool ok;

	memset(out, 0, 32);
	if (n <= 0)
		return SOTTO_ECRYPTO;
	ok = EVP_Digest(der, (size_t)n, out, NULL, EVP_sha256(), NULL) == 1;
	OPENSSL_free(der);
	return ok ? SOTTO_OK : SOTTO_ECRYPTO;
}
