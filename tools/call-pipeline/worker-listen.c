/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* One user's ear: a pipeline with nothing in it but a callsignaling that listens.
 *
 *   TRYING --call-ready--> READY --call-lost--> LOST --call-ready--> READY
 *      ^  \--error: token--> REFUSED --a minute, or SIGHUP--+
 *      |  \--error: other--> TRYING                         |
 *      +--backoff-------------------------------------------+
 */

#include "worker-private.h"

#include <string.h>

#include "gst/core/backoff.h"

#define FIRST_RETRY_MS 500
#define MAX_RETRY_MS 15000
#define REFUSED_RETRY_MS 60000
#define MAX_TOKEN (16 << 10)

static void
say_problem (Listener *self, const char *problem)
{
  if (g_strcmp0 (self->problem, problem) != 0 && problem != NULL)
    g_warning ("%s: %s", self->user != NULL ? self->user : "user", problem);
  g_free (self->problem);
  self->problem = g_strdup (problem);
}

char *
listener_dup_token (const Listener *self, GError **error)
{
  char *content = NULL;

  if (self->token_file != NULL) {
    if (!g_file_get_contents (self->token_file, &content, NULL, error))
      return NULL;
    g_strstrip (content);
  } else
    content = g_strdup (self->worker->token);
  if (content != NULL && *content != '\0' && strlen (content) <= MAX_TOKEN)
    return content;
  g_free (content);
  g_set_error (
      error, RULES_ERROR, 0, "%s holds no token", self->token_file != NULL ? self->token_file : "GST_CALL_TOKEN");
  return NULL;
}

static char *
digest_token (const Listener *self)
{
  g_autofree char *token = listener_dup_token (self, NULL);

  return token != NULL ? g_compute_checksum_for_string (G_CHECKSUM_SHA256, token, -1) : NULL;
}

static void
stop (Listener *self)
{
  g_clear_handle_id (&self->retry, g_source_remove);
  if (self->pipeline != NULL)
    gst_element_set_state (self->pipeline, GST_STATE_NULL);
}

static gboolean
all_refused (Worker *worker)
{
  for (guint i = 0; i < worker->listeners->len; i++)
    if (((Listener *) g_ptr_array_index (worker->listeners, i))->state != LISTENER_REFUSED)
      return FALSE;
  return TRUE;
}

/* The element says what is wrong with the token, or that there is none. */
static void
start (Listener *self)
{
  self->state = LISTENER_TRYING;
  g_free (self->tried);
  self->tried = digest_token (self);
  g_object_set (self->signaling, "server", self->server, "token", self->token_file == NULL ? self->worker->token : NULL,
      "token-file", self->token_file, "listen", TRUE, NULL);
  gst_util_set_object_arg (G_OBJECT (self->signaling), "on-end", "wait");
  gst_element_set_state (self->pipeline, GST_STATE_PLAYING);
}

static gboolean
on_retry (gpointer user_data)
{
  Listener *self = user_data;

  self->retry = 0;
  stop (self);
  start (self);
  return G_SOURCE_REMOVE;
}

/* A socket lives as long as its token. Whoever renews tokens has put another one there by now. */
static gboolean
has_new_token (const Listener *self)
{
  g_autofree char *now = digest_token (self);

  return now != NULL && g_strcmp0 (now, self->tried) != 0;
}

/* The state is one from which nothing comes by itself. */
static void
fail (Listener *self, ListenerState state, const char *problem)
{
  guint delay = backoff_delay_ms (self->attempt++, FIRST_RETRY_MS, MAX_RETRY_MS, g_random_double ());

  if (state == LISTENER_REFUSED && has_new_token (self))
    state = LISTENER_TRYING;
  else if (state == LISTENER_REFUSED)
    delay = REFUSED_RETRY_MS;
  self->state = state;
  say_problem (self, problem);
  g_clear_handle_id (&self->retry, g_source_remove);
  if (self->worker->drain != DRAIN_NONE) /* it is being signed out, and stays so */
    return;
  self->retry = g_timeout_add (delay, on_retry, self);
  if (all_refused (self->worker)) {
    g_warning ("no user is left whose token is taken: ending");
    worker_drain (self->worker, 1);
  }
}

/* Another user's calls are none of ours, and he is not to ring here. */
static void
on_ready (Listener *self, const char *user)
{
  if (self->user != NULL && g_strcmp0 (self->user, user) != 0) {
    g_autofree char *problem = g_strdup_printf ("the token is that of %s", user);
    stop (self);
    fail (self, LISTENER_REFUSED, problem);
    return;
  }
  if (self->user == NULL)
    self->user = g_strdup (user);
  self->state = LISTENER_READY;
  self->attempt = 0;
  say_problem (self, NULL);
  g_info ("%s: listening for calls", self->user);
  worker_look_for_orphans (self->worker);
}

static void
handle_element (Listener *self, const GstStructure *structure)
{
  if (gst_structure_has_name (structure, "call-ready")) {
    on_ready (self, gst_structure_get_string (structure, "user"));
  } else if (gst_structure_has_name (structure, "call-lost")) {
    self->state = LISTENER_LOST;
    say_problem (self, gst_structure_get_string (structure, "message"));
  } else if (gst_structure_has_name (structure, "call-gone")) {
    worker_call_gone (self->worker, gst_structure_get_string (structure, "call-id"));
  } else if (gst_structure_has_name (structure, "call-incoming") && self->user != NULL) {
    worker_call_incoming (self->worker, self, structure);
  }
}

static gboolean
on_message (GstBus *bus, GstMessage *message, gpointer user_data)
{
  Listener *self = user_data;
  g_autoptr (GError) error = NULL;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ELEMENT && gst_message_get_structure (message) != NULL) {
    handle_element (self, gst_message_get_structure (message));
  } else if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
    gst_message_parse_error (message, &error, NULL);
    fail (self,
        g_error_matches (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_AUTHORIZED) ? LISTENER_REFUSED
                                                                                       : LISTENER_TRYING,
        error->message);
  }
  return G_SOURCE_CONTINUE;
}

static Listener *
listener_new (Worker *worker, const char *user, const char *token_file)
{
  Listener *self = g_new0 (Listener, 1);
  g_autoptr (GstBus) bus = NULL;

  self->worker = worker;
  self->user = g_strdup (user);
  self->token_file = g_strdup (token_file);
  self->server = g_strdup (worker->rules->server);
  self->pipeline = gst_object_ref_sink (gst_pipeline_new (NULL));
  self->signaling = gst_element_factory_make ("callsignaling", NULL);
  gst_bin_add (GST_BIN (self->pipeline), self->signaling);
  bus = gst_element_get_bus (self->pipeline);
  self->bus_watch = gst_bus_add_watch (bus, on_message, self);
  return self;
}

static void
listener_free (gpointer data)
{
  Listener *self = data;

  stop (self);
  g_source_remove (self->bus_watch);
  gst_object_unref (self->pipeline);
  g_free (self->user);
  g_free (self->token_file);
  g_free (self->server);
  g_free (self->tried);
  g_free (self->problem);
  g_free (self);
}

void
listener_reject (Listener *self, const char *call_id, const char *reason)
{
  g_signal_emit_by_name (self->signaling, "reject", call_id, reason);
}

Listener *
worker_find_listener (Worker *worker, const char *user)
{
  for (guint i = 0; i < worker->listeners->len; i++) {
    Listener *listener = g_ptr_array_index (worker->listeners, i);
    if (user == NULL || g_strcmp0 (listener->user, user) == 0)
      return listener;
  }
  return NULL;
}

/* Takes the one that is the same out of @before: it stays signed in, unless its token was refused. */
static Listener *
take_same (Worker *worker, GPtrArray *before, const char *user, const char *token_file)
{
  for (guint i = 0; i < before->len; i++) {
    Listener *listener = g_ptr_array_index (before, i);
    if ((user == NULL || g_strcmp0 (listener->user, user) == 0) && g_strcmp0 (listener->token_file, token_file) == 0
        && g_str_equal (listener->server, worker->rules->server) && listener->state != LISTENER_REFUSED)
      return g_ptr_array_steal_index_fast (before, i);
  }
  return NULL;
}

static void
add_listener (Worker *worker, GPtrArray *before, const char *user, const char *token_file)
{
  Listener *listener = take_same (worker, before, user, token_file);

  g_ptr_array_add (worker->listeners, listener != NULL ? listener : listener_new (worker, user, token_file));
}

/* As the rules have it; @before: (element-type Listener) those until now, of which some may stay. */
static void
fill_listeners (Worker *worker, GPtrArray *before)
{
  if (worker->rules->users->len == 0)
    add_listener (worker, before, NULL, worker->options->token_file);
  for (guint i = 0; i < worker->rules->users->len; i++) {
    const RuleUser *user = g_ptr_array_index (worker->rules->users, i);
    add_listener (worker, before, user->id, user->token_file != NULL ? user->token_file : worker->options->token_file);
  }
  for (guint i = 0; i < worker->listeners->len; i++) {
    Listener *listener = g_ptr_array_index (worker->listeners, i);
    if (listener->tried == NULL && listener->retry == 0)
      start (listener);
  }
}

/* Users and their tokens may be others now. Calls in progress are their bots' and do not notice. */
void
worker_reload_listeners (Worker *worker)
{
  g_autoptr (GPtrArray) before = worker->listeners;

  worker->listeners = g_ptr_array_new_with_free_func (listener_free);
  fill_listeners (worker, before);
}

gboolean
worker_start_listeners (Worker *worker, GError **error)
{
  g_autoptr (GstElementFactory) factory = gst_element_factory_find ("callsignaling");

  if (factory == NULL) {
    g_set_error_literal (
        error, RULES_ERROR, 0, "missing element: callsignaling (GstCall's plugin call: is GST_PLUGIN_PATH set?)");
    return FALSE;
  }
  worker->listeners = g_ptr_array_new_with_free_func (listener_free);
  worker_reload_listeners (worker);
  return TRUE;
}

static void
stop_async (GstElement *pipeline, gpointer user_data)
{
  gst_element_set_state (pipeline, GST_STATE_NULL);
}

/* Each takes a moment to say goodbye: all at once, and not here. */
void
worker_stop_listeners (Worker *worker)
{
  for (guint i = 0; i < worker->listeners->len; i++) {
    Listener *listener = g_ptr_array_index (worker->listeners, i);
    g_clear_handle_id (&listener->retry, g_source_remove);
    gst_element_call_async (listener->pipeline, stop_async, NULL, NULL);
  }
}
