/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* The signaller of gst-call-server: keeps one Socket.IO connection up, and says what happens to it.
 *
 *   IDLE --start--> CONNECTING --token taken--> UP --lost--> WAITING --backoff--> CONNECTING ...
 *                       |                        |              |
 *                       +- first time, or token: FAILED         +--> "disconnected" once for each loss
 *   any --stop--> STOPPING --goodbye, at most 1 s--> STOPPED
 *
 * The socket's life is SocketioClient's, requests without an answer are CallRequests', the words for what goes wrong on
 * the way to the server are callconnecterror's. Here is what they mean for each other. */

#include "gst/call/callserversignaller.h"

#include "gst/call/callconnecterror.h"
#include "gst/call/callrequests.h"
#include "gst/call/callrest.h"
#include "gst/call/calltoken.h"
#include "gst/call/socketioclient.h"
#include "gst/core/backoff.h"
#include "gst/core/jsontext.h"

#include <gst/gst.h>
#include <json-glib/json-glib.h>

GST_DEBUG_CATEGORY_STATIC (call_signaller_debug);
#define GST_CAT_DEFAULT call_signaller_debug

/* A connection that lasted less counts as one more failed attempt: a server that drops us at once is not hammered. */
#define STABLE_US (5 * G_USEC_PER_SEC)

typedef enum
{
  STATE_IDLE,
  STATE_CONNECTING,
  STATE_UP,
  STATE_WAITING,
  STATE_FAILED,
  STATE_STOPPING,
  STATE_STOPPED
} State;

struct _GstCallServerSignaller
{
  GObject parent;
  GUri *uri;
  char *token;
  char *user;
  GstCallServerSignallerTimes times;
  State state;
  gboolean was_up; /* at least once: from now on a network error means another try */
  guint attempt;
  gint64 up_since;
  SoupSession *session;
  SocketioClientHandler socket_handler;
  SocketioClient *client; /* CONNECTING, UP; STOPPING while it says goodbye */
  CallRequests *requests;
  GSource *timer;            /* WAITING: the backoff; STOPPING: the goodbye time */
  GCancellable *cancellable; /* of REST requests */
  guint posts;               /* REST requests under way */
  GTask *stop_task;
};

typedef struct
{
  GstCallServerSignaller *self;
  gint64 id;
} Post;

const GstCallServerSignallerTimes gst_call_server_signaller_default_times = {
    .connect = 10000,
    .request = 10000,
    .signal = 30000,
    .goodbye = 1000,
    .backoff = 200,
    .backoff_max = 5000,
};

static void gst_call_server_signaller_iface_init (GstCallSignallerInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (GstCallServerSignaller, gst_call_server_signaller, G_TYPE_OBJECT,
    G_IMPLEMENT_INTERFACE (GST_TYPE_CALL_SIGNALLER, gst_call_server_signaller_iface_init)
        GST_DEBUG_CATEGORY_INIT (call_signaller_debug, "callsignaller", 0, "signalling of calls"))

static void
stop_timer (GstCallServerSignaller *self)
{
  if (self->timer) {
    g_source_destroy (self->timer);
    g_clear_pointer (&self->timer, g_source_unref);
  }
}

static void
start_timer (GstCallServerSignaller *self, guint ms, GSourceFunc callback)
{
  stop_timer (self);
  self->timer = g_timeout_source_new (ms);
  g_source_set_callback (self->timer, callback, self, NULL);
  g_source_attach (self->timer, g_main_context_get_thread_default ());
}

static void
enter_failed (GstCallServerSignaller *self, const GError *error)
{
  GST_INFO_OBJECT (self, "failed: %s", error->message);
  self->state = STATE_FAILED;
  call_requests_fail (self->requests, error);
  if (self->state == STATE_FAILED)
    gst_call_signaller_emit_failed (GST_CALL_SIGNALLER (self), error);
}

static void
connect_socket (GstCallServerSignaller *self)
{
  g_autoptr (GUri) uri = call_rest_build_uri (self->uri, "/socket.io/", "EIO=4&transport=websocket");
  g_autofree char *auth = g_strdup_printf ("{\"token\":\"%s\"}", self->token);

  stop_timer (self);
  self->state = STATE_CONNECTING;
  self->client = socketio_client_new (self->session, uri, auth, self->times.connect, &self->socket_handler, self);
}

static gboolean
on_backoff (gpointer user_data)
{
  connect_socket (user_data);
  return G_SOURCE_REMOVE;
}

static void
enter_waiting (GstCallServerSignaller *self)
{
  guint delay = backoff_delay_ms (self->attempt++, self->times.backoff, self->times.backoff_max, g_random_double ());

  GST_DEBUG_OBJECT (self, "next attempt in %u ms", delay);
  self->state = STATE_WAITING;
  start_timer (self, delay, on_backoff);
}

/* The socket was lost after it was up. */
static void
enter_lost (GstCallServerSignaller *self, const GError *reason)
{
  g_autoptr (GError) error = g_error_new (GST_CALL_SIGNALLER_ERROR, GST_CALL_SIGNALLER_ERROR_DISCONNECTED,
      "The connection to the call server was lost: %s", reason->message);

  GST_INFO_OBJECT (self, "%s", error->message);
  if (g_get_monotonic_time () - self->up_since >= STABLE_US)
    self->attempt = 0;
  enter_waiting (self);
  call_requests_set_down (self->requests);
  if (self->state < STATE_FAILED)
    gst_call_signaller_emit_disconnected (GST_CALL_SIGNALLER (self), error);
}

/* ---- the socket ---- */

static void
on_socket_closed (const GError *error, SoupMessage *request, gpointer user_data)
{
  g_autoptr (GstCallServerSignaller) self = g_object_ref (user_data);
  g_autoptr (GError) explained = call_connect_error_new (self->uri, error, request);
  gboolean was_up = self->state == STATE_UP;
  gboolean token = g_error_matches (explained, GST_CALL_SIGNALLER_ERROR, GST_CALL_SIGNALLER_ERROR_TOKEN);

  g_clear_pointer (&self->client, socketio_client_free);
  if (was_up) {
    enter_lost (self, error);
  } else if (token || !self->was_up) {
    enter_failed (self, explained);
  } else {
    GST_DEBUG_OBJECT (self, "%s", explained->message);
    enter_waiting (self);
  }
}

static void
on_socket_connected (gpointer user_data)
{
  g_autoptr (GstCallServerSignaller) self = g_object_ref (user_data);

  GST_INFO_OBJECT (self, "connected as %s", self->user ? self->user : "?");
  self->state = STATE_UP;
  self->was_up = TRUE;
  self->up_since = g_get_monotonic_time ();
  call_requests_set_up (self->requests);
  gst_call_signaller_emit_connected (GST_CALL_SIGNALLER (self), self->user);
}

/* The first argument of an event or an ack, NULL when there is none. @args_json: an array that core has checked. */
static char *
get_first_argument (const char *args_json)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  JsonNode *root;

  if (!json_parser_load_from_data (parser, args_json, -1, NULL))
    return NULL;
  root = json_parser_get_root (parser);
  if (!JSON_NODE_HOLDS_ARRAY (root) || json_array_get_length (json_node_get_array (root)) == 0)
    return NULL;
  return json_mend_exponents (json_to_string (json_array_get_element (json_node_get_array (root), 0), FALSE));
}

static void
on_socket_event (const char *name, const char *args_json, gpointer user_data)
{
  g_autoptr (GstCallServerSignaller) self = g_object_ref (user_data);
  g_autofree char *body = get_first_argument (args_json);
  g_autoptr (CallMessage) message = NULL;
  g_autoptr (GError) error = NULL;
  CallMessageType type;

  if (!call_message_type_from_string (name, &type) || !body) {
    GST_DEBUG_OBJECT (self, "event %s is not for us", name);
    return;
  }
  message = call_message_parse (type, body, strlen (body), &error);
  if (!message) {
    GST_WARNING_OBJECT (self, "event %s is malformed: %s", name, error->message);
    return;
  }
  GST_DEBUG_OBJECT (self, "%s of call %s", name, message->call_id ? message->call_id : "-");
  gst_call_signaller_emit_message (GST_CALL_SIGNALLER (self), message);
}

static void
on_socket_ack (gint64 id, const char *args_json, gpointer user_data)
{
  g_autoptr (GstCallServerSignaller) self = g_object_ref (user_data);
  g_autofree char *body = get_first_argument (args_json);
  g_autoptr (CallMessage) answer = NULL;
  GError *error = NULL;

  if (body)
    answer = call_message_parse (CALL_MESSAGE_ANSWER, body, strlen (body), &error);
  else
    error = g_error_new_literal (GST_CALL_SIGNALLER_ERROR, GST_CALL_SIGNALLER_ERROR_REJECTED, "An empty answer");
  if (!answer) {
    g_prefix_error (&error, "The server's answer cannot be read: ");
    error->domain = GST_CALL_SIGNALLER_ERROR;
    error->code = GST_CALL_SIGNALLER_ERROR_REJECTED;
  } else if (!gst_call_signaller_check_answer (answer, &error)) {
    g_clear_pointer (&answer, call_message_free);
  }
  call_requests_answer (self->requests, id, g_steal_pointer (&answer), error);
}

static gboolean
on_stop_done (gpointer user_data)
{
  GstCallServerSignaller *self = user_data;
  g_autoptr (GTask) task = g_steal_pointer (&self->stop_task);

  stop_timer (self);
  self->state = STATE_STOPPED;
  g_task_return_boolean (task, TRUE);
  return G_SOURCE_REMOVE;
}

/* Lets go of everything. What libsoup closes by itself gets one turn of the context for that. */
static void
finish_stop (GstCallServerSignaller *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_pointer (&self->client, socketio_client_free);
  if (self->session)
    soup_session_abort (self->session);
  g_clear_object (&self->session);
  start_timer (self, 0, on_stop_done);
}

static void
check_stop (GstCallServerSignaller *self)
{
  if (self->state == STATE_STOPPING && !self->client && self->posts == 0 && self->session)
    finish_stop (self);
}

static void
on_socket_goodbye (gpointer user_data)
{
  GstCallServerSignaller *self = user_data;

  g_clear_pointer (&self->client, socketio_client_free);
  check_stop (self);
}

static const SocketioClientHandler socket_handler = {
    .connected = on_socket_connected,
    .event = on_socket_event,
    .ack = on_socket_ack,
    .closed = on_socket_closed,
    .goodbye = on_socket_goodbye,
};

/* ---- requests ---- */

static void
on_send (const CallMessage *request, gint64 id, gpointer user_data)
{
  GstCallServerSignaller *self = user_data;
  g_autofree char *body = call_message_write (request);

  GST_DEBUG_OBJECT (self, "request %" G_GINT64_FORMAT " %s", id, call_message_type_to_string (request->type));
  socketio_client_emit (self->client, call_message_type_to_string (request->type), body, id);
}

static void
on_posted (GObject *session, GAsyncResult *result, gpointer user_data)
{
  g_autofree Post *post = user_data;
  g_autoptr (GstCallServerSignaller) self = post->self;
  g_autoptr (GError) error = NULL;
  CallMessage *answer = call_rest_end_finish (SOUP_SESSION (session), result, &error);

  self->posts--;
  if (answer || error->domain == GST_CALL_SIGNALLER_ERROR)
    call_requests_answer (self->requests, post->id, answer, g_steal_pointer (&error));
  else
    GST_DEBUG_OBJECT (self, "call-end did not go by REST: %s", error->message);
  check_stop (self);
}

static void
on_post_end (const CallMessage *request, gint64 id, gpointer user_data)
{
  GstCallServerSignaller *self = user_data;
  Post *post;

  if (!self->was_up || !self->session)
    return;
  post = g_new0 (Post, 1);
  post->self = g_object_ref (self);
  post->id = id;
  self->posts++;
  call_rest_end_async (
      self->session, self->uri, self->token, request->call_id, self->times.request, self->cancellable, on_posted, post);
}

static const CallRequestsHandler requests_handler = {
    .send = on_send,
    .post_end = on_post_end,
};

/* ---- the interface ---- */

/* GIO's proxy resolver runs libproxy, with a thread and C++ exceptions, for each connection. It is asked only where the
 * environment names a proxy. */
static gboolean
is_proxy_named (void)
{
  static const char *const names[] = {
      "http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"};

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    if (g_getenv (names[i]))
      return TRUE;
  }
  return FALSE;
}

static void
gst_call_server_signaller_start (GstCallSignaller *signaller)
{
  GstCallServerSignaller *self = GST_CALL_SERVER_SIGNALLER (signaller);

  g_return_if_fail (self->state == STATE_IDLE);

  self->session = soup_session_new ();
  soup_session_set_user_agent (self->session, "GstCall/" VERSION);
  if (!is_proxy_named ())
    soup_session_set_proxy_resolver (self->session, NULL);
  connect_socket (self);
}

static void
gst_call_server_signaller_request_async (GstCallSignaller *signaller, const CallMessage *request,
    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GstCallServerSignaller *self = GST_CALL_SERVER_SIGNALLER (signaller);
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, gst_call_server_signaller_request_async);
  call_requests_add (self->requests, request, task);
}

static CallMessage *
gst_call_server_signaller_request_finish (GstCallSignaller *signaller, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, signaller), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static gboolean
on_goodbye_timeout (gpointer user_data)
{
  finish_stop (user_data);
  return G_SOURCE_REMOVE;
}

static void
gst_call_server_signaller_stop_async (GstCallSignaller *signaller, GAsyncReadyCallback callback, gpointer user_data)
{
  GstCallServerSignaller *self = GST_CALL_SERVER_SIGNALLER (signaller);
  g_autoptr (GError) error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "The signaller was stopped");

  g_return_if_fail (self->state < STATE_STOPPING);

  self->stop_task = g_task_new (self, NULL, callback, user_data);
  self->state = STATE_STOPPING;
  start_timer (self, self->times.goodbye, on_goodbye_timeout);
  if (self->client)
    socketio_client_close (self->client);
  call_requests_fail (self->requests, error);
  if (!self->client && self->posts == 0)
    finish_stop (self);
}

static void
gst_call_server_signaller_finalize (GObject *object)
{
  GstCallServerSignaller *self = GST_CALL_SERVER_SIGNALLER (object);

  stop_timer (self);
  g_cancellable_cancel (self->cancellable);
  g_clear_pointer (&self->client, socketio_client_free);
  call_requests_free (self->requests);
  g_clear_object (&self->session);
  g_object_unref (self->cancellable);
  g_uri_unref (self->uri);
  g_free (self->token);
  g_free (self->user);
  G_OBJECT_CLASS (gst_call_server_signaller_parent_class)->finalize (object);
}

static void
gst_call_server_signaller_init (GstCallServerSignaller *self)
{
  self->cancellable = g_cancellable_new ();
  self->socket_handler = socket_handler;
  gst_call_server_signaller_set_times (self, &gst_call_server_signaller_default_times);
}

static void
gst_call_server_signaller_iface_init (GstCallSignallerInterface *iface)
{
  iface->start = gst_call_server_signaller_start;
  iface->request_async = gst_call_server_signaller_request_async;
  iface->request_finish = gst_call_server_signaller_request_finish;
  iface->stop_async = gst_call_server_signaller_stop_async;
}

static void
gst_call_server_signaller_class_init (GstCallServerSignallerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = gst_call_server_signaller_finalize;
}

GstCallSignaller *
gst_call_server_signaller_new (GUri *uri, const char *token)
{
  GstCallServerSignaller *self = g_object_new (GST_TYPE_CALL_SERVER_SIGNALLER, NULL);

  self->uri = g_uri_ref (uri);
  self->token = g_strdup (token);
  self->user = call_token_get_user (token);
  return GST_CALL_SIGNALLER (self);
}

void
gst_call_server_signaller_set_times (GstCallServerSignaller *self, const GstCallServerSignallerTimes *times)
{
  g_return_if_fail (GST_IS_CALL_SERVER_SIGNALLER (self));
  g_return_if_fail (self->state == STATE_IDLE);

  self->times = *times;
  g_clear_pointer (&self->requests, call_requests_free);
  self->requests = call_requests_new (times->request, times->signal, &requests_handler, self);
}
