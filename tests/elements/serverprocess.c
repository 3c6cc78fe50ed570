/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "tests/elements/serverprocess.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>

#define LISTENS "gst-call-server listening on "

static char *
encode (const guint8 *data, gsize length)
{
  char *text = g_base64_encode (data, length);
  char *out = text;

  for (const char *in = text; *in && *in != '='; in++)
    *out++ = *in == '+' ? '-' : *in == '/' ? '_' : *in;
  *out = 0;
  return text;
}

char *
test_token_new (const char *secret, const char *user, int ttl)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  const char *header = "{\"alg\":\"HS256\",\"typ\":\"JWT\"}";
  g_autofree char *payload = g_strdup_printf ("{\"sub\":\"%s\",\"username\":\"%s\",\"type\":\"access\","
                                              "\"iat\":%" G_GINT64_FORMAT ",\"exp\":%" G_GINT64_FORMAT "}",
      user, user, now - 3600, now + ttl);
  g_autofree char *first = encode ((const guint8 *) header, strlen (header));
  g_autofree char *second = encode ((const guint8 *) payload, strlen (payload));
  g_autofree char *body = g_strjoin (".", first, second, NULL);
  g_autoptr (GHmac) hmac = g_hmac_new (G_CHECKSUM_SHA256, (const guchar *) secret, strlen (secret));
  guint8 digest[32];
  gsize length = sizeof digest;
  g_autofree char *third = NULL;

  g_hmac_update (hmac, (const guchar *) body, -1);
  g_hmac_get_digest (hmac, digest, &length);
  third = encode (digest, length);
  return g_strjoin (".", body, third, NULL);
}

char *
server_process_token (ServerProcess *server, const char *user, int ttl)
{
  return test_token_new (server->secret, user, ttl);
}

/* A test that aborts leaves no server behind. */
static void
die_with_parent (gpointer unused)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

void
server_process_start (ServerProcess *server)
{
  const char *program = g_getenv ("GST_CALL_SERVER");
  g_autofree char *database = g_build_filename (server->directory, "calls.db", NULL);
  g_autofree char *secret = g_build_filename (server->directory, "secret", NULL);
  const char *listen = server->url ? server->url + strlen ("http://") : "127.0.0.1:0";
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_autoptr (GError) error = NULL;
  g_autofree char *line = NULL;

  g_subprocess_launcher_set_child_setup (launcher, die_with_parent, NULL, NULL);
  server->process = g_subprocess_launcher_spawn (launcher, &error, program ? program : "gst-call-server", "--listen",
      listen, "--database", database, "--jwt-secret-file", secret, NULL);
  g_assert_no_error (error);
  server->output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (server->process));
  line = g_data_input_stream_read_line (server->output, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (line);
  g_assert_true (g_str_has_prefix (line, LISTENS));
  if (!server->url)
    server->url = g_strdup (line + strlen (LISTENS));
  g_assert_cmpstr (server->url, ==, line + strlen (LISTENS));
}

void
server_process_kill (ServerProcess *server)
{
  g_subprocess_force_exit (server->process);
  g_subprocess_wait (server->process, NULL, NULL);
  g_clear_object (&server->output);
  g_clear_object (&server->process);
}

ServerProcess *
server_process_new (void)
{
  ServerProcess *server = g_new0 (ServerProcess, 1);
  g_autoptr (GError) error = NULL;
  g_autofree char *secret = NULL;

  server->directory = g_dir_make_tmp ("gstcall-XXXXXX", &error);
  g_assert_no_error (error);
  server->secret = g_strdup ("0123456789abcdef0123456789abcdef");
  secret = g_build_filename (server->directory, "secret", NULL);
  g_assert_true (g_file_set_contents_full (secret, server->secret, -1, G_FILE_SET_CONTENTS_NONE, 0600, &error));
  server_process_start (server);
  return server;
}

void
server_process_free (ServerProcess *server)
{
  g_autoptr (GDir) dir = g_dir_open (server->directory, 0, NULL);
  const char *name;

  if (server->process)
    server_process_kill (server);
  while (dir && (name = g_dir_read_name (dir))) {
    g_autofree char *path = g_build_filename (server->directory, name, NULL);

    g_unlink (path);
  }
  g_rmdir (server->directory);
  g_free (server->directory);
  g_free (server->secret);
  g_free (server->url);
  g_free (server);
}
