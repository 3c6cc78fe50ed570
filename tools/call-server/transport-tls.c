/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* Certificate and key. libwebsockets makes the SSL_CTX and hands it over empty; a reload puts new ones into the same:
 * OpenSSL copies them into each connection when it begins, so that those that are open keep what they have.
 *
 *   files --> a context of their own: readable? belonging together?  --no--> the error; what was in use stays
 *         --> the context in use */

#include "tools/call-server/transport-private.h"

#include <gio/gio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

static int
on_password (char *buffer, int size, int writing, void *data)
{
  return 0; /* nobody is there to be asked */
}

static gboolean
fail (const char *path, GError **error)
{
  const char *reason = ERR_reason_error_string (ERR_peek_last_error ());

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: %s", path, reason != NULL ? reason : "cannot be used");
  ERR_clear_error ();
  return FALSE;
}

/* Its error names the reason better than OpenSSL's, which has several for a file that is not there. */
static gboolean
check_readable (const char *path, GError **error)
{
  g_autofree char *content = NULL;

  return g_file_get_contents (path, &content, NULL, error);
}

static gboolean
load (SSL_CTX *context, const char *certificate, const char *key, GError **error)
{
  if (!check_readable (certificate, error) || !check_readable (key, error))
    return FALSE;
  ERR_clear_error ();
  SSL_CTX_set_default_passwd_cb (context, on_password);
  if (SSL_CTX_use_certificate_chain_file (context, certificate) != 1)
    return fail (certificate, error);
  if (SSL_CTX_use_PrivateKey_file (context, key, SSL_FILETYPE_PEM) != 1 || SSL_CTX_check_private_key (context) != 1)
    return fail (key, error);
  return TRUE;
}

gboolean
transport_check_tls (const char *certificate, const char *key, GError **error)
{
  SSL_CTX *context = SSL_CTX_new (TLS_server_method ());
  gboolean good = load (context, certificate, key, error);

  SSL_CTX_free (context);
  return good;
}

gboolean
tls_is_configured (const TransportConfig *config)
{
  return config->tls_certificate != NULL;
}

/* From inside lws_create_vhost(). */
void
tls_on_context (Transport *transport, gpointer context)
{
  transport->tls_context = context;
  SSL_CTX_set_min_proto_version (context, TLS1_2_VERSION);
}

gboolean
transport_reload_tls (Transport *transport, GError **error)
{
  const TransportConfig *config = &transport->config;

  if (!tls_is_configured (config))
    return TRUE;
  return transport_check_tls (config->tls_certificate, config->tls_key, error)
         && load (transport->tls_context, config->tls_certificate, config->tls_key, error);
}
