// OpenSSL 3 calls its plain SHA-256 old and would rather look the algorithm up at every call, which takes longer
// than the hashing of a small text.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
