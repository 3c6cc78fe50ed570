/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* Which addresses and servers ICE is to use, from the properties and from what the server says. */

#include "callsessionprivate.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <sys/socket.h>

#include "callsessiondebug.h"

/* The first attempt has time for a peer who is asked for camera and microphone first. When a connection is made again,
 * attempts are short, and the callee's longer than the caller's, so that one side alone sets their pace. */
#define CONNECT_TIMEOUT_MS 15000
#define CALLER_RECONNECT_TIMEOUT_MS 5000
#define CALLEE_RECONNECT_TIMEOUT_MS 8000

/* A machine without a network still can call itself. */
static gboolean
has_only_loopback (void)
{
  struct ifaddrs *addresses;
  gboolean only = TRUE;

  if (getifaddrs (&addresses) != 0)
    return FALSE;
  for (struct ifaddrs *a = addresses; a != NULL; a = a->ifa_next)
    if (a->ifa_addr != NULL && (a->ifa_addr->sa_family == AF_INET || a->ifa_addr->sa_family == AF_INET6)
        && (a->ifa_flags & IFF_UP) && !(a->ifa_flags & IFF_LOOPBACK))
      only = FALSE;
  freeifaddrs (addresses);
  return only;
}

char **
session_split_addresses (GstCallSession *self)
{
  const char *text = gst_call_settings_get_string (&self->settings, GST_CALL_PROP_ICE_ADDRESS);
  char **addresses;

  if (text == NULL)
    return has_only_loopback () ? g_strsplit ("127.0.0.1", ",", 0) : NULL;
  addresses = g_strsplit (text, ",", 0);
  for (char **address = addresses; *address != NULL; address++)
    g_strstrip (*address);
  return addresses;
}

void
session_fill_ice (GstCallSession *self, char **addresses, GstCallIceConfig *ice)
{
  gint policy = gst_call_settings_get_enum (&self->settings, GST_CALL_PROP_ICE_TRANSPORT_POLICY);

  ice->stun_server = gst_call_settings_get_string (&self->settings, GST_CALL_PROP_STUN_SERVER);
  ice->turn_server = gst_call_settings_get_string (&self->settings, GST_CALL_PROP_TURN_SERVER);
  ice->ice_servers = self->ice_servers;
  ice->transport_policy = policy == GST_CALL_ICE_POLICY_RELAY ? "relay" : "all";
  ice->addresses = (const char *const *) addresses;
  if (gst_call_session_get_state (self) == PARTICIPANT_STATE_CONNECTING)
    ice->connect_timeout_ms = CONNECT_TIMEOUT_MS;
  else
    ice->connect_timeout_ms = self->caller ? CALLER_RECONNECT_TIMEOUT_MS : CALLEE_RECONNECT_TIMEOUT_MS;
}
