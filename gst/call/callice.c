/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* webrtcbin's agent (libnice) is one for general use; a call wants it without UPnP (which looks for a router for
 * seconds and opens ports in it) and without ICE-TCP (a listening socket per address that no peer uses). Loopback
 * is no candidate unless the address is named. */

#include "gst/call/callice.h"

#include <string.h>

GST_DEBUG_CATEGORY_STATIC (call_ice_debug);
#define GST_CAT_DEFAULT call_ice_debug

static const struct
{
  const char *scheme;
  int port;
  gboolean credentials;
} schemes[] = {
    {"stun", 3478, FALSE},
    {"turn", 3478, TRUE},
    {"turns", 5349, TRUE},
};

/* The port in `host:port`, `[::1]:port`; -1 when there is none. */
static const char *
find_port (const char *host)
{
  const char *bracket = strchr (host, ']');

  return strchr (bracket ? bracket : host, ':');
}

char *
call_ice_server_uri (const char *url, const char *username, const char *credential)
{
  g_autofree char *scheme = g_uri_parse_scheme (url);

  for (guint i = 0; scheme != NULL && i < G_N_ELEMENTS (schemes); i++) {
    const char *rest = url + strlen (scheme) + 1;
    g_autofree char *host = NULL;
    g_autofree char *user = NULL;
    g_autofree char *password = NULL;
    g_autofree char *port = g_strdup_printf (":%d", schemes[i].port);
    if (g_ascii_strcasecmp (scheme, schemes[i].scheme) != 0)
      continue;
    if (g_str_has_prefix (rest, "//"))
      rest += 2;
    host = g_strndup (rest, strcspn (rest, "?"));
    if (*host == '\0' || (schemes[i].credentials && (username == NULL || credential == NULL)))
      return NULL;
    if (!schemes[i].credentials)
      return g_strdup_printf ("%s://%s%s", schemes[i].scheme, host, find_port (host) ? "" : port);
    user = g_uri_escape_string (username, NULL, FALSE);
    password = g_uri_escape_string (credential, NULL, FALSE);
    return g_strdup_printf ("%s://%s:%s@%s%s%s", schemes[i].scheme, user, password, host, find_port (host) ? "" : port,
        rest + strlen (host));
  }
  return NULL;
}

static void
set_if_there (GObject *object, const char *property, gboolean value)
{
  if (g_object_class_find_property (G_OBJECT_GET_CLASS (object), property) != NULL)
    g_object_set (object, property, value, NULL);
}

static void
configure_agent (GstElement *webrtcbin, const char *const *addresses)
{
  g_autoptr (GObject) ice = NULL;
  g_autoptr (GObject) agent = NULL;

  g_object_get (webrtcbin, "ice-agent", &ice, NULL);
  if (ice == NULL)
    return;
  set_if_there (ice, "ice-tcp", FALSE);
  if (g_object_class_find_property (G_OBJECT_GET_CLASS (ice), "agent") != NULL)
    g_object_get (ice, "agent", &agent, NULL);
  if (agent != NULL) {
    set_if_there (agent, "upnp", FALSE);
    set_if_there (agent, "keepalive-conncheck", TRUE);
  }
  for (guint i = 0; addresses != NULL && addresses[i] != NULL; i++) {
    gboolean taken = FALSE;
    g_signal_emit_by_name (ice, "add-local-ip-address", addresses[i], &taken);
    if (!taken)
      GST_WARNING_OBJECT (webrtcbin, "%s is no local address that ICE can use", addresses[i]);
  }
}

static void
add_server (GstElement *webrtcbin, const char *uri, gboolean *has_stun)
{
  gboolean taken = TRUE;

  if (!g_str_has_prefix (uri, "stun")) {
    g_signal_emit_by_name (webrtcbin, "add-turn-server", uri, &taken);
  } else if (!*has_stun) {
    g_object_set (webrtcbin, "stun-server", uri, NULL);
    *has_stun = TRUE;
  }
  if (!taken)
    GST_WARNING_OBJECT (webrtcbin, "a TURN server was refused");
}

static void
add_servers (GstElement *webrtcbin, const CallIceServer *server, gboolean *has_stun)
{
  for (guint i = 0; server->urls != NULL && server->urls[i] != NULL; i++) {
    g_autofree char *uri = call_ice_server_uri (server->urls[i], server->username, server->credential);
    if (uri != NULL)
      add_server (webrtcbin, uri, has_stun);
    else
      GST_WARNING_OBJECT (webrtcbin, "ICE server left out: %s", server->urls[i]);
  }
}

void
call_ice_configure (GstElement *webrtcbin, const GstCallIceConfig *config)
{
  gboolean has_stun = config->stun_server != NULL;

  if (call_ice_debug == NULL)
    GST_DEBUG_CATEGORY_INIT (call_ice_debug, "callice", 0, "ICE of calls");
  configure_agent (webrtcbin, config->addresses);
  if (config->stun_server != NULL)
    g_object_set (webrtcbin, "stun-server", config->stun_server, NULL);
  if (config->turn_server != NULL)
    add_server (webrtcbin, config->turn_server, &has_stun);
  for (guint i = 0; config->ice_servers != NULL && i < config->ice_servers->len; i++)
    add_servers (webrtcbin, g_ptr_array_index (config->ice_servers, i), &has_stun);
  if (config->transport_policy != NULL)
    gst_util_set_object_arg (G_OBJECT (webrtcbin), "ice-transport-policy", config->transport_policy);
}
