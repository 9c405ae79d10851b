/** @file unit/io/ca.h  Certificates made while a test runs, in a folder that goes with it. */
#pragma once
#include <openssl/evp.h>
#include <openssl/x509.h>

struct cert {
	EVP_PKEY *key;
	X509 *x509;
};

struct cert_spec {
	const char *name;      /* common name */
	const char *alt_names; /* as openssl.cnf has them: "DNS:a.example,IP:127.0.0.1"; or NULL */
	int rsa_bits;          /* 0: a P-256 key */
	int is_ca;
	int is_expired;
	const struct cert *issuer; /* NULL: self-signed */
};

struct cert cert_make(const struct cert_spec *spec);
void cert_free(struct cert *c);

#define CA_PATH_MAX 128

/** Certificates and files that most TLS tests want. */
struct ca {
	char dir[64];
	struct cert root, intermediate, leaf, other_root;
	char chain_file[CA_PATH_MAX]; /* leaf, root, intermediate: all of them, out of order */
	char key_file[CA_PATH_MAX];
	char root_file[CA_PATH_MAX];
	char other_root_file[CA_PATH_MAX];
};

/** A chain of three; the leaf is for edge.example.com, localhost, 127.0.0.1 and ::1. */
void ca_setup(struct ca *ca);
void ca_teardown(struct ca *ca);

/** Writes PEM to `name` in the folder; `path` takes CA_PATH_MAX bytes. Either may be NULL. */
void ca_write(
	struct ca *ca, const char *name, X509 *const *certs, size_t n, EVP_PKEY *key, char *path);
