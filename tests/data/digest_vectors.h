/**
 * @file data/digest_vectors.h  Digest responses: the examples of RFC 2617 §3.5 and RFC 7616 §3.9.1
 * (RFC 3665 gives no passwords), and our own, computed with Python's hashlib. Without qop: as in
 * RFC 2069.
 */
#pragma once
#include "sip/digest.h"

struct digest_vector {
	const char *id;
	enum digest_algorithm algorithm;
	const char *user, *realm, *password, *nonce, *uri, *method;
	const char *nc, *cnonce; /* NULL: without qop */
	const char *response;
};

static const struct digest_vector digest_vectors[] = {
	{ "RFC 2617 3.5", DIGEST_MD5,
		"Mufasa", "testrealm@host.com", "Circle Of Life",
		"dcd98b7102dd2f0e8b11d0f600bfb0c093",
		"/dir/index.html", "GET", "00000001", "0a4f113b",
		"6629fae49393a05397450978507c4ef1" },
	{ "RFC 7616 3.9.1 MD5", DIGEST_MD5,
		"Mufasa", "http-auth@example.org", "Circle of Life",
		"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
		"/dir/index.html", "GET", "00000001", "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
		"8ca523f5e9506fed4657c9700eebdbec" },
	{ "RFC 7616 3.9.1 SHA-256", DIGEST_SHA256,
		"Mufasa", "http-auth@example.org", "Circle of Life",
		"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
		"/dir/index.html", "GET", "00000001", "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
		"753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1" },
	{ "own MD5 no-qop REGISTER", DIGEST_MD5,
		"alice", "sip.example.com", "Passw0rd \303\251\"\\x",
		"MTIzNDU2Nzg5MGFiY2RlZg==",
		"sip:sip.example.com", "REGISTER", NULL, NULL,
		"a14f06bded2c0dcc6276d2502ace80a8" },
	{ "own MD5 no-qop INVITE", DIGEST_MD5,
		"alice", "sip.example.com", "Passw0rd \303\251\"\\x",
		"MTIzNDU2Nzg5MGFiY2RlZg==",
		"sips:+15550100@sip.example.com;transport=tls", "INVITE", NULL, NULL,
		"864c5047f17f5113d353d7054e85cf81" },
	{ "own MD5 auth REGISTER", DIGEST_MD5,
		"alice", "sip.example.com", "Passw0rd \303\251\"\\x",
		"MTIzNDU2Nzg5MGFiY2RlZg==",
		"sip:sip.example.com", "REGISTER", "0000000a", "0a4f113b",
		"a47c54f0256cf2a47b20a0e76d8fea3b" },
	{ "own MD5 auth INVITE", DIGEST_MD5,
		"alice", "sip.example.com", "Passw0rd \303\251\"\\x",
		"MTIzNDU2Nzg5MGFiY2RlZg==",
		"sips:+15550100@sip.example.com;transport=tls", "INVITE", "0000000a", "0a4f113b",
		"3228ba23959182559b3cb24219ee580a" },
	{ "own SHA-256 no-qop REGISTER", DIGEST_SHA256,
		"alice", "sip.example.com", "Passw0rd \303\251\"\\x",
		"MTIzNDU2Nzg5MGFiY2RlZg==",
		"sip:sip.example.com", "REGISTER", NULL, NULL,
		"a46eba84b74d9b90c05b9232cdc3a1f60929c52b4ba37ddea7d464f764bb46ee" },
	{ "own SHA-256 no-qop INVITE", DIGEST_SHA256,
		"alice", "sip.example.com", "Passw0rd \303\251\"\\x",
		"MTIzNDU2Nzg5MGFiY2RlZg==",
		"sips:+15550100@sip.example.com;transport=tls", "INVITE", NULL, NULL,
		"2294f7b37504aafe36a09156b58036ba017581196952c39b533ee6964666b1ad" },
	{ "own SHA-256 auth REGISTER", DIGEST_SHA256,
		"alice", "sip.example.com", "Passw0rd \303\251\"\\x",
		"MTIzNDU2Nzg5MGFiY2RlZg==",
		"sip:sip.example.com", "REGISTER", "0000000a", "0a4f113b",
		"b664c965758328b9b167f7b96f8b44e2148b5e96f3cca7c67e2fd10957c1f46a" },
	{ "own SHA-256 auth INVITE", DIGEST_SHA256,
		"alice", "sip.example.com", "Passw0rd \303\251\"\\x",
		"MTIzNDU2Nzg5MGFiY2RlZg==",
		"sips:+15550100@sip.example.com;transport=tls", "INVITE", "0000000a", "0a4f113b",
		"d607de2ec69dd97262772cffb2a9a6840f12cbb9cc11790ca09e5fbfc6222435" },
};
