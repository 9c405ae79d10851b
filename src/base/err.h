/**
 * @file base/err.h  The one error type. 0 is success; every code has a name, a class and a text.
 */
#pragma once

/**
 * X(name, number, text). The hundreds are the class:
 * 1-99 the system, 100-199 the peer's fault, 200-299 our policy, 300-399 our bug.
 */
#define SOTTO_ERRORS(X)                                          \
	X(OK, 0, "success")                                      \
	X(ENOMEM, 1, "out of memory")                            \
	X(EIO, 2, "the system refused an operation")             \
	X(ENOSPACE, 3, "the output buffer is too small")         \
	X(EAGAIN, 4, "would block: try again later")             \
	X(ECLOSED, 5, "closed")                                  \
	X(ENOENT, 6, "not found")                                \
	X(EEXIST, 7, "exists already")                           \
	X(ECRYPTO, 8, "the crypto library refused an operation") \
	X(EADDRINUSE, 9, "address in use")                       \
	X(ESTORE, 10, "the store refused an operation")          \
	X(ESYNTAX, 100, "malformed input")                       \
	X(EUNSUPPORTED, 101, "valid, but not supported here")    \
	X(EKEYLEN, 102, "key has the wrong length")              \
	X(ETOOBIG, 103, "over a limit")                          \
	X(EINCOMPLETE, 104, "more bytes are needed")             \
	X(EAUTH, 105, "authentication failed")                   \
	X(EREPLAY, 106, "seen before")                           \
	X(EMISSING, 107, "a mandatory part is missing")          \
	X(ESTATE, 108, "not allowed in this state")              \
	X(ETIMEOUT, 109, "the peer did not answer in time")      \
	X(EVERSION, 110, "unknown protocol version")             \
	X(EREFUSED, 200, "refused by our policy")                \
	X(ELIMIT, 201, "a configured limit is reached")          \
	X(EINVAL, 300, "called with an argument outside its bounds")

typedef enum sotto_err {
#define X(name, num, text) SOTTO_##name = (num),
	SOTTO_ERRORS(X)
#undef X
} sotto_err;

enum err_class {
	ERR_CLASS_NONE,
	ERR_CLASS_SYSTEM,
	ERR_CLASS_PEER,
	ERR_CLASS_POLICY,
	ERR_CLASS_BUG,
};

#define SOTTO_MUST_USE __attribute__((warn_unused_result))

/** Return from the caller if `expr` failed. For functions that hold nothing to release. */
#define TRY(expr)                        \
	do {                             \
		sotto_err try_ = (expr); \
		if (try_)                \
			return try_;     \
	} while (0)

/** The code's name without prefix ("ESYNTAX"), or "?" for a number that is none. */
const char *err_name(sotto_err err);

/** The code's text, for people. */
const char *err_text(sotto_err err);

enum err_class err_class(sotto_err err);
