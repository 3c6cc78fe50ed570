/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* HTTP by libmicrohttpd, which waits on an epoll descriptor that the main loop watches: no thread, and handlers may
 * touch the worker. The token is asked for before a body is read. */

#include "control.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <microhttpd.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#define MAX_BODY (64 << 10)
#define MAX_CONNECTIONS 64
#define MAX_HEAD (16 << 10)
#define IDLE_S 10
#define TOKEN_BYTES 24

struct Control
{
  Worker *worker;
  struct MHD_Daemon *daemon;
  guint watch, timer;
  char *token;
  char *made_file; /* the token's, if it was we who wrote it */
};

/* ---- the token ---- */

/* Digests of the same length, compared to their ends: the time says nothing about where they differ. */
static gboolean
is_token (const Control *self, const char *text)
{
  g_autofree char *wanted = g_compute_checksum_for_string (G_CHECKSUM_SHA256, self->token, -1);
  g_autofree char *got = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
  volatile guint8 differs = 0;

  for (guint i = 0; wanted[i] != '\0'; i++)
    differs |= (guint8) (wanted[i] ^ got[i]);
  return differs == 0;
}

static gboolean
is_allowed (const Control *self, struct MHD_Connection *connection)
{
  const char *header = MHD_lookup_connection_value (connection, MHD_HEADER_KIND, "Authorization");

  return header != NULL && g_ascii_strncasecmp (header, "Bearer ", 7) == 0 && is_token (self, header + 7);
}

static char *
read_token (const char *file, GError **error)
{
  char *token = NULL;

  if (!g_file_get_contents (file, &token, NULL, error))
    return NULL;
  g_strstrip (token);
  if (strlen (token) >= 16)
    return token;
  g_free (token);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: a token has 16 characters at least", file);
  return NULL;
}

static char *
make_token (void)
{
  guint8 bytes[TOKEN_BYTES];
  GString *text = g_string_new (NULL);

  if (getrandom (bytes, sizeof bytes, 0) != sizeof bytes)
    g_error ("no random numbers");
  for (guint i = 0; i < sizeof bytes; i++)
    g_string_append_printf (text, "%02x", bytes[i]);
  return g_string_free (text, FALSE);
}

static gboolean
choose_token (Control *self, const WorkerOptions *options, guint port, GError **error)
{
  const char *folder = options->state_dir != NULL ? options->state_dir : g_get_user_runtime_dir ();
  g_autofree char *name = g_strdup_printf ("gst-call-pipeline-%u.token", port);

  if (options->control_token != NULL) {
    self->token = read_token (options->control_token, error);
    return self->token != NULL;
  }
  self->token = make_token ();
  self->made_file = g_build_filename (folder, name, NULL);
  if (g_mkdir_with_parents (folder, 0700) == 0)
    return g_file_set_contents_full (self->made_file, self->token, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, error);
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno),
      "%s: %s: the control API's token goes there; name another folder with --state-dir, or a token with "
      "--control-token-file",
      folder, g_strerror (errno));
  return FALSE;
}

/* ---- requests ---- */

typedef struct
{
  GString *body;
  gboolean allowed;
} Upload;

static enum MHD_Result
reply_with (struct MHD_Connection *connection, const ControlReply *reply)
{
  struct MHD_Response *response =
      MHD_create_response_from_buffer (strlen (reply->text), reply->text, MHD_RESPMEM_MUST_FREE);
  enum MHD_Result result;

  MHD_add_response_header (response, "Content-Type", reply->type);
  MHD_add_response_header (response, "Cache-Control", "no-store");
  MHD_add_response_header (response, "X-Content-Type-Options", "nosniff");
  if (reply->status == 401)
    MHD_add_response_header (response, "WWW-Authenticate", "Bearer");
  if (reply->status == 429 || reply->status == 503)
    MHD_add_response_header (response, "Retry-After", "1");
  result = MHD_queue_response (connection, reply->status, response);
  MHD_destroy_response (response);
  return result;
}

static const char *
query (gpointer connection, const char *name)
{
  return MHD_lookup_connection_value (connection, MHD_GET_ARGUMENT_KIND, name);
}

static enum MHD_Result
answer (Control *self, struct MHD_Connection *connection, const char *path, const char *method, const Upload *upload)
{
  const ControlRequest request = {
      method, path, query, connection, upload->allowed, upload->body->str, upload->body->len};
  ControlReply reply = {0};

  control_answer (self->worker, &request, &reply);
  return reply_with (connection, &reply);
}

static enum MHD_Result
refuse_length (struct MHD_Connection *connection)
{
  ControlReply reply = {0};

  control_fail (&reply, 413, "too-large", "a body may have %d bytes", MAX_BODY);
  return reply_with (connection, &reply);
}

/* Only the head is there yet. What is refused now is never read. */
static enum MHD_Result
begin (Control *self, struct MHD_Connection *connection, const char *path, const char *method, void **data)
{
  const char *length = MHD_lookup_connection_value (connection, MHD_HEADER_KIND, "Content-Length");
  Upload *upload = g_new0 (Upload, 1);

  upload->body = g_string_new (NULL);
  upload->allowed = is_allowed (self, connection);
  *data = upload;
  if (g_str_has_prefix (path, "/api/") && !upload->allowed)
    return answer (self, connection, path, method, upload);
  if (length != NULL && g_ascii_strtoull (length, NULL, 10) > MAX_BODY)
    return refuse_length (connection);
  return MHD_YES;
}

static enum MHD_Result
on_request (void *cls, struct MHD_Connection *connection, const char *path, const char *method, const char *version,
    const char *bytes, size_t *length, void **data)
{
  Upload *upload = *data;

  if (upload == NULL)
    return begin (cls, connection, path, method, data);
  if (*length == 0)
    return upload->body->len > MAX_BODY ? refuse_length (connection) : answer (cls, connection, path, method, upload);
  /* Chunked, without a length: what is too much is thrown away, and answered when it has come. */
  if (upload->body->len <= MAX_BODY)
    g_string_append_len (upload->body, bytes, (gssize) *length);
  *length = 0;
  return MHD_YES;
}

static void
on_completed (void *cls, struct MHD_Connection *connection, void **data, enum MHD_RequestTerminationCode code)
{
  Upload *upload = *data;

  if (upload == NULL)
    return;
  g_string_free (upload->body, TRUE);
  g_free (upload);
  *data = NULL;
}

/* ---- the loop ---- */

static gboolean
on_time (gpointer user_data)
{
  Control *self = user_data;
  MHD_UNSIGNED_LONG_LONG ms = 0;

  MHD_run (self->daemon);
  g_clear_handle_id (&self->timer, g_source_remove);
  if (MHD_get_timeout (self->daemon, &ms) == MHD_YES)
    self->timer = g_timeout_add ((guint) CLAMP (ms, 1, IDLE_S * 1000), on_time, self);
  return G_SOURCE_REMOVE;
}

static gboolean
on_ready (int fd, GIOCondition condition, gpointer user_data)
{
  on_time (user_data);
  return G_SOURCE_CONTINUE;
}

G_GNUC_PRINTF (2, 0)
static void
on_log (void *cls, const char *format, va_list args)
{
  g_autofree char *text = g_strdup_vprintf (format, args);

  g_debug ("control: %s", g_strchomp (text));
}

static GSocketAddress *
parse_address (const char *text, GError **error)
{
  g_autoptr (GSocketConnectable) parsed = g_network_address_parse (text, 0, error);
  const char *host = parsed != NULL ? g_network_address_get_hostname (G_NETWORK_ADDRESS (parsed)) : NULL;
  g_autoptr (GInetAddress) address = NULL;

  if (parsed == NULL) {
    g_prefix_error (error, "--listen %s: ", text);
    return NULL;
  }
  address = g_inet_address_new_from_string (g_str_equal (host, "localhost") ? "127.0.0.1" : host);
  if (address != NULL)
    return g_inet_socket_address_new (address, g_network_address_get_port (G_NETWORK_ADDRESS (parsed)));
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
      "--listen %s: an address of this machine and a port, such as 127.0.0.1:8090", text);
  return NULL;
}

/* The listening descriptor, which the caller owns; -1 with @error. */
static int
listen_on (const WorkerOptions *options, GInetSocketAddress **bound, GError **error)
{
  g_autoptr (GSocketAddress) address = parse_address (options->listen, error);
  g_autoptr (GSocket) socket = NULL;

  if (address == NULL)
    return -1;
  if (options->control_token == NULL
      && !g_inet_address_get_is_loopback (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address)))) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
        "--listen %s: other machines reach it, so it needs --control-token-file", options->listen);
    return -1;
  }
  socket = g_socket_new (g_socket_address_get_family (address), G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, error);
  if (socket == NULL || !g_socket_bind (socket, address, TRUE, error) || !g_socket_listen (socket, error)
      || (*bound = (GInetSocketAddress *) g_socket_get_local_address (socket, error)) == NULL) {
    g_prefix_error (error, "--listen %s: ", options->listen);
    return -1;
  }
  g_unix_set_fd_nonblocking (g_socket_get_fd (socket), TRUE, NULL);
  return fcntl (g_socket_get_fd (socket), F_DUPFD_CLOEXEC, 3);
}

static gboolean
start_daemon (Control *self, int fd, GError **error)
{
  const union MHD_DaemonInfo *info;

  self->daemon =
      MHD_start_daemon (MHD_USE_EPOLL | MHD_USE_ERROR_LOG, 0, NULL, NULL, on_request, self, MHD_OPTION_EXTERNAL_LOGGER,
          on_log, NULL, MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT, (unsigned int) MAX_CONNECTIONS,
          MHD_OPTION_CONNECTION_TIMEOUT, (unsigned int) IDLE_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t) MAX_HEAD,
          MHD_OPTION_NOTIFY_COMPLETED, on_completed, NULL, MHD_OPTION_END);
  info = self->daemon != NULL ? MHD_get_daemon_info (self->daemon, MHD_DAEMON_INFO_EPOLL_FD) : NULL;
  if (info == NULL) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "the control API could not be started");
    return FALSE;
  }
  self->watch = g_unix_fd_add (info->epoll_fd, G_IO_IN, on_ready, self);
  return TRUE;
}

Control *
control_new (Worker *worker, const WorkerOptions *options, GError **error)
{
  g_autoptr (GInetSocketAddress) bound = NULL;
  Control *self = g_new0 (Control, 1);
  int fd = listen_on (options, &bound, error);
  g_autofree char *host = NULL;

  self->worker = worker;
  if (fd < 0 || !choose_token (self, options, g_inet_socket_address_get_port (bound), error)
      || !start_daemon (self, fd, error)) {
    control_free (self);
    return NULL;
  }
  host = g_inet_address_to_string (g_inet_socket_address_get_address (bound));
  g_print (strchr (host, ':') != NULL ? "control API on http://[%s]:%u\n" : "control API on http://%s:%u\n", host,
      g_inet_socket_address_get_port (bound));
  if (self->made_file != NULL)
    g_print ("control token in %s\n", self->made_file);
  return self;
}

void
control_free (Control *self)
{
  g_clear_handle_id (&self->watch, g_source_remove);
  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_pointer (&self->daemon, MHD_stop_daemon);
  if (self->made_file != NULL)
    g_unlink (self->made_file);
  g_free (self->made_file);
  g_free (self->token);
  g_free (self);
}
