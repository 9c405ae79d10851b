/** @file unit/io/ca.c */
#include "unit/io/ca.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include "unit/test.h"

static void add_extension(X509 *x, int nid, const char *value)
{
	X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, NULL, nid, value);

	assert_non_null(e);
	assert_true(X509_add_ext(x, e, -1));
	X509_EXTENSION_free(e);
}

static void set_name(X509_NAME *name, const char *text)
{
	assert_true(X509_NAME_add_entry_by_txt(
		name, "CN", MBSTRING_ASC, (const unsigned char *)text, -1, -1, 0));
}

struct cert cert_make(const struct cert_spec *spec)
{
	struct cert c = { .x509 = X509_new() };
	const struct cert *by = spec->issuer ? spec->issuer : &c;
	static const long day = 24 * 3600;

	c.key = spec->rsa_bits ? EVP_RSA_gen((unsigned)spec->rsa_bits) : EVP_EC_gen("P-256");
	assert_true(c.key && c.x509);
	X509_set_version(c.x509, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(c.x509), (long)(uintptr_t)c.key & 0x7fffffff);
	X509_gmtime_adj(X509_getm_notBefore(c.x509), -30 * day);
	X509_gmtime_adj(X509_getm_notAfter(c.x509), spec->is_expired ? -day : 30 * day);
	X509_set_pubkey(c.x509, c.key);
	set_name(X509_get_subject_name(c.x509), spec->name);
	X509_set_issuer_name(c.x509, X509_get_subject_name(by->x509));
	if (spec->is_ca)
		add_extension(c.x509, NID_basic_constraints, "critical,CA:TRUE");
	if (spec->alt_names)
		add_extension(c.x509, NID_subject_alt_name, spec->alt_names);
	assert_true(X509_sign(c.x509, by->key, EVP_sha256()));
	return c;
}

void cert_free(struct cert *c)
{
	EVP_PKEY_free(c->key);
	X509_free(c->x509);
	*c = (struct cert){ 0 };
}

void ca_write(
	struct ca *ca, const char *name, X509 *const *certs, size_t n, EVP_PKEY *key, char *path)
{
	char where[CA_PATH_MAX];
	FILE *f;

	snprintf(where, sizeof(where), "%s/%s", ca->dir, name);
	f = fopen(where, "w");
	assert_non_null(f);
	for (size_t i = 0; i < n; i++)
		assert_true(PEM_write_X509(f, certs[i]));
	if (key)
		assert_true(PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL));
	assert_int_equal(0, fclose(f));
	if (path)
		memcpy(path, where, sizeof(where));
}

void ca_setup(struct ca *ca)
{
	*ca = (struct ca){ .dir = "/tmp/sotto-test-XXXXXX" };
	assert_non_null(mkdtemp(ca->dir));
	ca->root = cert_make(&(struct cert_spec){ .name = "Test Root", .is_ca = 1 });
	ca->other_root = cert_make(&(struct cert_spec){ .name = "Other Root", .is_ca = 1 });
	ca->intermediate = cert_make(&(struct cert_spec){
		.name = "Test Intermediate", .is_ca = 1, .issuer = &ca->root });
	ca->leaf = cert_make(&(struct cert_spec){ .name = "edge.example.com",
		.alt_names = "DNS:edge.example.com,DNS:localhost,IP:127.0.0.1,IP:::1",
		.issuer = &ca->intermediate });
	X509 *chain[] = { ca->leaf.x509, ca->root.x509, ca->intermediate.x509 };
	ca_write(ca, "chain.pem", chain, 3, NULL, ca->chain_file);
	ca_write(ca, "key.pem", NULL, 0, ca->leaf.key, ca->key_file);
	ca_write(ca, "root.pem", &ca->root.x509, 1, NULL, ca->root_file);
	ca_write(ca, "other.pem", &ca->other_root.x509, 1, NULL, ca->other_root_file);
}

void ca_teardown(struct ca *ca)
{
	char path[512];
	struct dirent *e;
	DIR *d = opendir(ca->dir);

	while (d && (e = readdir(d))) {
		snprintf(path, sizeof(path), "%s/%s", ca->dir, e->d_name);
		if (e->d_name[0] != '.')
			unlink(path);
	}
	if (d)
		closedir(d);
	rmdir(ca->dir);
	cert_free(&ca->root);
	cert_free(&ca->intermediate);
	cert_free(&ca->leaf);
	cert_free(&ca->other_root);
}
