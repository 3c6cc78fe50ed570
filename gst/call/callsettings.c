/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* The same properties in three classes, installed by one function, so that each reads the same in gst-inspect
 * wherever it is. A value that nobody set stays apart from one that was set to its default: only the former gives
 * way to what another element of the session says. */

#include "callsettings.h"

#include "gst/core/participantstate.h"

GType
gst_call_on_end_get_type (void)
{
  static gsize type = 0;
  static const GEnumValue values[] = {{GST_CALL_ON_END_EOS, "End the stream", "eos"},
      {GST_CALL_ON_END_WAIT, "Stay in PLAYING and wait for the next call", "wait"}, {0, NULL, NULL}};
  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("GstCallOnEnd", values));
  return type;
}

GType
gst_call_ice_policy_get_type (void)
{
  static gsize type = 0;
  static const GEnumValue values[] = {{GST_CALL_ICE_POLICY_ALL, "Any candidate", "all"},
      {GST_CALL_ICE_POLICY_RELAY, "Relayed (TURN) candidates only", "relay"}, {0, NULL, NULL}};
  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("GstCallIcePolicy", values));
  return type;
}

GType
gst_call_state_get_type (void)
{
  static gsize type = 0;
  static GEnumValue values[PARTICIPANT_STATE_COUNT + 1];
  if (g_once_init_enter (&type)) {
    for (guint i = 0; i < PARTICIPANT_STATE_COUNT; i++) {
      const char *nick = participant_state_to_string (i);
      values[i] = (GEnumValue){i, nick, nick};
    }
    g_once_init_leave (&type, g_enum_register_static ("GstCallState", values));
  }
  return type;
}

#define READY_FLAGS (G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY)

/* The specs of the class that came first: they know types and defaults. */
static GParamSpec *specs[GST_CALL_PROP_OWN];

static void
install (GObjectClass *klass, guint id, GParamSpec *spec)
{
  if (specs[id] == NULL)
    specs[id] = spec;
  g_object_class_install_property (klass, id, spec);
}

static void
install_string (GObjectClass *klass, guint id, const char *name, const char *nick, const char *blurb)
{
  install (klass, id, g_param_spec_string (name, nick, blurb, NULL, READY_FLAGS));
}

static void
install_strings (GObjectClass *klass)
{
  install_string (klass, GST_CALL_PROP_SERVER, "server", "Server",
      "URL of the call server, http[s]://host[:port], or direct://ROOM for users of this process without a server");
  install_string (klass, GST_CALL_PROP_TOKEN, "token", "Token",
      "Access token (JWT) for the server; when unset the environment's GST_CALL_TOKEN, else token-file");
  install_string (klass, GST_CALL_PROP_TOKEN_FILE, "token-file", "Token file", "File that holds the access token");
  install_string (klass, GST_CALL_PROP_PEER, "peer", "Peer", "User id to call when the pipeline goes to PLAYING");
  install_string (klass, GST_CALL_PROP_CALL_TYPE, "call-type", "Call type",
      "\"audio\" or \"video\"; when unset video if callsink has a video pad, else audio");
  install_string (
      klass, GST_CALL_PROP_CALL_ID, "call-id", "Call id", "Call to answer or to take up again; read: the current call");
  install_string (klass, GST_CALL_PROP_STUN_SERVER, "stun-server", "STUN server",
      "stun://host:port; when unset those that the call server names");
  install_string (klass, GST_CALL_PROP_TURN_SERVER, "turn-server", "TURN server",
      "turn(s)://user:password@host:port; when unset those that the call server names");
  install_string (klass, GST_CALL_PROP_ICE_ADDRESS, "ice-address", "ICE address",
      "Local addresses to use, comma-separated; when unset all but loopback (127.0.0.1 works here)");
}

void
gst_call_settings_install (GObjectClass *klass)
{
  install_strings (klass);
  install (klass, GST_CALL_PROP_SESSION,
      g_param_spec_string ("session", "Session",
          "Elements of a pipeline with the same session are one participant on one connection",
          GST_CALL_DEFAULT_SESSION, READY_FLAGS));
  install (klass, GST_CALL_PROP_AUTO_ANSWER,
      g_param_spec_boolean ("auto-answer", "Auto answer", "Accept calls that come in", FALSE, READY_FLAGS));
  install (klass, GST_CALL_PROP_RING_TIMEOUT,
      g_param_spec_uint64 ("ring-timeout", "Ring timeout",
          "Give up an own call that nobody answered after this time in ns (0: the server's ring time alone)", 0,
          G_MAXUINT64, 0, READY_FLAGS));
  install (klass, GST_CALL_PROP_RECONNECT_TIMEOUT,
      g_param_spec_uint64 ("reconnect-timeout", "Reconnect timeout",
          "End the call when its connection cannot be made (again) within this time in ns", GST_SECOND, G_MAXUINT64,
          30 * GST_SECOND, READY_FLAGS));
  install (klass, GST_CALL_PROP_ICE_TRANSPORT_POLICY,
      g_param_spec_enum ("ice-transport-policy", "ICE transport policy", "Which candidates to use",
          gst_call_ice_policy_get_type (), GST_CALL_ICE_POLICY_ALL, READY_FLAGS));
  install (klass, GST_CALL_PROP_LATENCY,
      g_param_spec_uint (
          "latency", "Latency", "Size of the jitterbuffers in ms", 0, 10000, GST_CALL_DEFAULT_LATENCY, READY_FLAGS));
  install (klass, GST_CALL_PROP_ON_END,
      g_param_spec_enum ("on-end", "On end", "What to do when the call has ended", gst_call_on_end_get_type (),
          GST_CALL_ON_END_EOS, READY_FLAGS));
  install (klass, GST_CALL_PROP_REPORT_INTERVAL,
      g_param_spec_uint64 ("report-interval", "Report interval",
          "Time in ns between reports of the call's quality to the server and the peer (0: none, not at the end "
          "either)",
          0, G_MAXUINT64, GST_CALL_DEFAULT_REPORT_INTERVAL, READY_FLAGS));
  install (klass, GST_CALL_PROP_STATE,
      g_param_spec_enum ("state", "State", "What the participant is doing", gst_call_state_get_type (),
          PARTICIPANT_STATE_IDLE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
  install (klass, GST_CALL_PROP_STATS,
      g_param_spec_boxed ("stats", "Statistics", "Figures of the call and of its connection, per SSRC",
          GST_TYPE_STRUCTURE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
}

void
gst_call_settings_set (GstCallSettings *settings, guint id, const GValue *value)
{
  GValue *own = &settings->values[id];
  if (!G_IS_VALUE (own))
    g_value_init (own, G_VALUE_TYPE (value));
  g_value_copy (value, own);
  /* An empty or missing string is no setting. */
  if (G_VALUE_HOLDS_STRING (own) && (g_value_get_string (own) == NULL || *g_value_get_string (own) == '\0'))
    g_value_unset (own);
}

void
gst_call_settings_get (const GstCallSettings *settings, guint id, GValue *value)
{
  if (gst_call_settings_is_set (settings, id))
    g_value_copy (&settings->values[id], value);
  else
    g_value_copy (g_param_spec_get_default_value (specs[id]), value);
}

gboolean
gst_call_settings_is_set (const GstCallSettings *settings, guint id)
{
  return G_IS_VALUE (&settings->values[id]);
}

static const GValue *
peek (const GstCallSettings *settings, guint id)
{
  return gst_call_settings_is_set (settings, id) ? &settings->values[id] : g_param_spec_get_default_value (specs[id]);
}

const char *
gst_call_settings_get_string (const GstCallSettings *settings, guint id)
{
  return g_value_get_string (peek (settings, id));
}

gboolean
gst_call_settings_get_boolean (const GstCallSettings *settings, guint id)
{
  return g_value_get_boolean (peek (settings, id));
}

gint
gst_call_settings_get_enum (const GstCallSettings *settings, guint id)
{
  return g_value_get_enum (peek (settings, id));
}

guint
gst_call_settings_get_uint (const GstCallSettings *settings, guint id)
{
  return g_value_get_uint (peek (settings, id));
}

guint64
gst_call_settings_get_uint64 (const GstCallSettings *settings, guint id)
{
  return g_value_get_uint64 (peek (settings, id));
}

const char *
gst_call_settings_merge (GstCallSettings *into, const GstCallSettings *from)
{
  for (guint id = 1; id < GST_CALL_PROP_N_SETTINGS; id++)
    if (gst_call_settings_is_set (into, id) && gst_call_settings_is_set (from, id)
        && g_param_values_cmp (specs[id], &into->values[id], &from->values[id]) != 0)
      return specs[id]->name;

  /* What is there stays where it is: somebody may be reading it. */
  for (guint id = 1; id < GST_CALL_PROP_N_SETTINGS; id++)
    if (gst_call_settings_is_set (from, id) && !gst_call_settings_is_set (into, id))
      gst_call_settings_set (into, id, &from->values[id]);
  return NULL;
}

char *
gst_call_settings_dup_token (const GstCallSettings *settings, GError **error)
{
  const char *token = gst_call_settings_get_string (settings, GST_CALL_PROP_TOKEN);
  const char *file = gst_call_settings_get_string (settings, GST_CALL_PROP_TOKEN_FILE);
  g_autofree char *content = NULL;
  g_autoptr (GError) file_error = NULL;

  if (token == NULL)
    token = g_getenv ("GST_CALL_TOKEN");
  if (token != NULL && *token != '\0')
    return g_strdup (token);
  if (file == NULL) {
    g_set_error (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_AUTHORIZED,
        "No token: set the property token or token-file, or the environment variable GST_CALL_TOKEN");
    return NULL;
  }
  if (!g_file_get_contents (file, &content, NULL, &file_error)) {
    g_set_error (
        error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_OPEN_READ, "Cannot read the token: %s", file_error->message);
    return NULL;
  }
  return g_strdup (g_strstrip (content));
}

void
gst_call_settings_clear (GstCallSettings *settings)
{
  for (guint id = 1; id < GST_CALL_PROP_N_SETTINGS; id++)
    if (G_IS_VALUE (&settings->values[id]))
      g_value_unset (&settings->values[id]);
}
