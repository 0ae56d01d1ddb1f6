/* SPDX-License-Identifier: Apache-2.0
 * Secrets and signing keys. A signing key is an HMAC chain over date, region, service and a fixed
 * word, good for one day; it is kept as a keyed HMAC context, which a signature only duplicates:
 * OpenSSL's one-shot HMAC would look up its provider each time. Cache of a few keys, oldest out.
 *
 * Everything derived from the secret is wiped when it goes. Nothing here is ever logged.
 * Threads: any; the cache is guarded by `lock`. */
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "io/s3/sigv4.h"

#define KEYS_CACHED 8U
#define NAME_SIZE 160U

struct cached_key {
    char name[NAME_SIZE]; /* date/region/service */
    EVP_MAC_CTX *keyed;
};

struct as_sigv4_signer {
    /* constant after new */
    char *access_key_id;
    char *secret;
    char *session_token;
    EVP_MAC *hmac;
    pthread_mutex_t lock;
    struct { /* guarded by lock */
        struct cached_key keys[KEYS_CACHED];
        size_t next;
    } locked;
};

static void wipe(char *secret)
{
    if (secret != NULL) {
        OPENSSL_cleanse(secret, strlen(secret));
        as_free(secret);
    }
}

struct as_sigv4_signer *as_sigv4_signer_new(const char *access_key_id, const char *secret,
                                            const char *session_token)
{
    struct as_sigv4_signer *s = as_calloc(1, sizeof *s);
    if (s == NULL) {
        return NULL;
    }
    pthread_mutex_init(&s->lock, NULL);
    s->access_key_id = as_strdup(access_key_id);
    s->secret = as_strdup(secret);
    s->session_token = as_strdup(session_token);
    s->hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    if (s->access_key_id == NULL || s->secret == NULL || s->hmac == NULL ||
        (session_token != NULL && s->session_token == NULL)) {
        as_sigv4_signer_free(s);
        return NULL;
    }
    return s;
}

void as_sigv4_signer_free(struct as_sigv4_signer *s)
{
    if (s == NULL) {
        return;
    }
    for (size_t i = 0; i < KEYS_CACHED; i++) {
        EVP_MAC_CTX_free(s->locked.keys[i].keyed);
    }
    EVP_MAC_free(s->hmac);
    wipe(s->access_key_id);
    wipe(s->secret);
    wipe(s->session_token);
    pthread_mutex_destroy(&s->lock);
    as_free(s);
}

const char *as_sigv4_signer_id(const struct as_sigv4_signer *s)
{
    return s->access_key_id;
}

const char *as_sigv4_signer_token(const struct as_sigv4_signer *s)
{
    return s->session_token;
}

static EVP_MAC_CTX *keyed_context(struct as_sigv4_signer *s, const void *key, size_t len)
{
    char digest[] = "SHA256";
    const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string("digest", digest, 0),
                                 OSSL_PARAM_construct_end()};
    EVP_MAC_CTX *context = EVP_MAC_CTX_new(s->hmac);
    if (context != NULL && EVP_MAC_init(context, key, len, params) != 1) {
        EVP_MAC_CTX_free(context);
        context = NULL;
    }
    return context;
}

/* Ends the context. */
static bool finish_mac(EVP_MAC_CTX *context, const void *bytes, size_t len,
                       uint8_t out[AS_SHA256_SIZE])
{
    size_t written = 0;
    bool good = context != NULL && EVP_MAC_update(context, bytes, len) == 1 &&
                EVP_MAC_final(context, out, &written, AS_SHA256_SIZE) == 1 &&
                written == AS_SHA256_SIZE;
    EVP_MAC_CTX_free(context);
    return good;
}

static EVP_MAC_CTX *derive(struct as_sigv4_signer *s, const struct as_sigv4_scope *scope)
{
    uint8_t key[AS_SHA256_SIZE];
    char date[9];
    const char *const steps[] = {date, scope->region, scope->service, "aws4_request"};
    memcpy(date, scope->time, 8);
    date[8] = '\0';
    struct as_strbuf first;
    as_strbuf_init(&first, 4096);
    as_strbuf_puts(&first, "AWS4");
    as_strbuf_puts(&first, s->secret);
    bool good = !first.failed;
    for (size_t i = 0; good && i < AS_ARRAY_SIZE(steps); i++) {
        EVP_MAC_CTX *context =
            i == 0 ? keyed_context(s, first.ptr, first.len) : keyed_context(s, key, sizeof key);
        good = finish_mac(context, steps[i], strlen(steps[i]), key);
    }
    if (first.ptr != NULL) {
        OPENSSL_cleanse(first.ptr, first.cap);
    }
    as_strbuf_fini(&first);
    EVP_MAC_CTX *result = good ? keyed_context(s, key, sizeof key) : NULL;
    OPENSSL_cleanse(key, sizeof key);
    return result;
}

static EVP_MAC_CTX *find_locked(struct as_sigv4_signer *s, const char *name)
{
    for (size_t i = 0; i < KEYS_CACHED; i++) {
        const struct cached_key *k = &s->locked.keys[i];
        if (k->keyed != NULL && strcmp(k->name, name) == 0) {
            return k->keyed;
        }
    }
    return NULL;
}

/* A context to sign one text with; the caller ends it. NULL when out of memory. */
static EVP_MAC_CTX *signing_context(struct as_sigv4_signer *s, const struct as_sigv4_scope *scope)
{
    char name[NAME_SIZE];
    int len = snprintf(name, sizeof name, "%.8s/%s/%s", scope->time, scope->region, scope->service);
    if (len < 0 || (size_t)len >= sizeof name) {
        return NULL;
    }
    pthread_mutex_lock(&s->lock);
    EVP_MAC_CTX *keyed = find_locked(s, name);
    if (keyed == NULL) {
        keyed = derive(s, scope);
        if (keyed != NULL) {
            struct cached_key *k = &s->locked.keys[s->locked.next++ % KEYS_CACHED];
            EVP_MAC_CTX_free(k->keyed);
            k->keyed = keyed;
            memcpy(k->name, name, sizeof name);
        }
    }
    EVP_MAC_CTX *copy = keyed == NULL ? NULL : EVP_MAC_CTX_dup(keyed);
    pthread_mutex_unlock(&s->lock);
    return copy;
}

enum as_status as_sigv4_signature(struct as_sigv4_signer *s, struct as_slice string_to_sign,
                                  const struct as_sigv4_scope *scope, char out[65])
{
    uint8_t mac[AS_SHA256_SIZE];
    if (!finish_mac(signing_context(s, scope), string_to_sign.ptr, string_to_sign.len, mac)) {
        return AS_E_NO_MEMORY;
    }
    as_hex(mac, sizeof mac, out);
    return AS_OK;
}
