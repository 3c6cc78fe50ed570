/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* The properties of a call that callsignaling, callsrc and callsink have in common. They may be set on any one of the
 * elements of a session; two different values for one session are an error, which settings_merge() finds. */

typedef enum
{
  GST_CALL_ON_END_EOS,
  GST_CALL_ON_END_WAIT
} GstCallOnEnd;

typedef enum
{
  GST_CALL_ICE_POLICY_ALL,
  GST_CALL_ICE_POLICY_RELAY
} GstCallIcePolicy;

#define GST_CALL_DEFAULT_SESSION "default"
#define GST_CALL_DEFAULT_LATENCY 200
#define GST_CALL_DEFAULT_REPORT_INTERVAL (10 * GST_SECOND)

typedef enum
{
  GST_CALL_PROP_0,
  GST_CALL_PROP_SERVER,
  GST_CALL_PROP_TOKEN,
  GST_CALL_PROP_TOKEN_FILE,
  GST_CALL_PROP_SESSION,
  GST_CALL_PROP_PEER,
  GST_CALL_PROP_CALL_TYPE,
  GST_CALL_PROP_CALL_ID,
  GST_CALL_PROP_AUTO_ANSWER,
  GST_CALL_PROP_RING_TIMEOUT,
  GST_CALL_PROP_RECONNECT_TIMEOUT,
  GST_CALL_PROP_STUN_SERVER,
  GST_CALL_PROP_TURN_SERVER,
  GST_CALL_PROP_ICE_TRANSPORT_POLICY,
  GST_CALL_PROP_ICE_ADDRESS,
  GST_CALL_PROP_LATENCY,
  GST_CALL_PROP_ON_END,
  GST_CALL_PROP_REPORT_INTERVAL,
  GST_CALL_PROP_N_SETTINGS, /* those above are settings; those below are read from the session */
  GST_CALL_PROP_STATE = GST_CALL_PROP_N_SETTINGS,
  GST_CALL_PROP_STATS,
  GST_CALL_PROP_OWN /* the first id that an element may use itself */
} GstCallProp;

/* One GValue per property; unset (G_VALUE_INIT) where the user said nothing. */
typedef struct
{
  GValue values[GST_CALL_PROP_N_SETTINGS];
} GstCallSettings;

GType gst_call_on_end_get_type (void);
GType gst_call_ice_policy_get_type (void);
GType gst_call_state_get_type (void); /* the property `state`: ParticipantState as a GEnum */

void gst_call_settings_install (GObjectClass *klass);
void gst_call_settings_set (GstCallSettings *settings, guint id, const GValue *value);
/* The value set, else the default. */
void gst_call_settings_get (const GstCallSettings *settings, guint id, GValue *value);
gboolean gst_call_settings_is_set (const GstCallSettings *settings, guint id);
const char *gst_call_settings_get_string (const GstCallSettings *settings, guint id);
gboolean gst_call_settings_get_boolean (const GstCallSettings *settings, guint id);
gint gst_call_settings_get_enum (const GstCallSettings *settings, guint id);
guint gst_call_settings_get_uint (const GstCallSettings *settings, guint id);
guint64 gst_call_settings_get_uint64 (const GstCallSettings *settings, guint id);
/* Takes what @from has set into @into. Returns the name of the first property that differs, or NULL. */
const char *gst_call_settings_merge (GstCallSettings *into, const GstCallSettings *from);
/* token, else the environment's GST_CALL_TOKEN, else the content of token-file; NULL with @error */
char *gst_call_settings_dup_token (const GstCallSettings *settings, GError **error);
void gst_call_settings_clear (GstCallSettings *settings);

G_END_DECLS
