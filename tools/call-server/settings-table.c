/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* All settings. Those that belong together stand together; --help and the documentation keep this order. */

#include "tools/call-server/settings.h"
#include "tools/call-server/token.h"

#include <stddef.h>

#define MEMBER(name) offsetof (Options, name)
#define DAY 86400
#define MAX_SECRET 65536

const Setting settings[] = {
    /* the server */
    {"listen", SETTING_LIST, MEMBER (listen), NULL, 0, 0, "ADDRESS",
        "HOST:PORT (port 0 takes a free one), unix:/PATH, systemd for the sockets that it passes, or fd:N; may be "
        "repeated (default: `port` on 127.0.0.1)",
        NULL, 'l'},
    {"port", SETTING_NUMBER, MEMBER (port), "8080", 0, 65535, "PORT", "Port on 127.0.0.1, where no `listen` is given",
        "PORT", 0},
    {"database", SETTING_PATH, MEMBER (database), NULL, 0, 0, "FILE",
        "SQLite database, made if it is not there (default calls.db; with `dev` one in memory)", NULL, 'd'},
    {"origin", SETTING_LIST, MEMBER (origins), NULL, 0, 0, "ORIGIN",
        "Web origin that may use the server, or * for all; may be repeated (default: the server's own)", NULL, 0},
    {"tls-certificate", SETTING_PATH, MEMBER (tls_certificate), NULL, 0, 0, "FILE",
        "PEM file with the certificate and its chain: https and wss, and nothing else, on all addresses", NULL, 0},
    {"tls-key", SETTING_PATH, MEMBER (tls_key), NULL, 0, 0, "FILE", "PEM file with the certificate's key", NULL, 0},
    {"trusted-proxy", SETTING_LIST, MEMBER (trusted_proxies), NULL, 0, 0, "ADDRESS",
        "Reverse proxy whose X-Forwarded-For and -Proto are believed: an address, a network as 10.0.0.0/8, or unix; "
        "may be repeated",
        NULL, 0},
    {"drain-timeout", SETTING_SECONDS, MEMBER (drain_timeout), "10", 0, 3600, "SECONDS",
        "How long requests under way may take at the end", NULL, 0},
    {"dev", SETTING_SWITCH, MEMBER (dev), "no", 0, 0, NULL,
        "Try things out: own secret, users alice, bob and carol, whose tokens are printed as NAME=TOKEN lines", NULL,
        0},
    {"log-level", SETTING_CHOICE, MEMBER (log_level), "warning", 0, 0, "error|warning|info|debug|packets",
        "What goes to stderr; packets shows each request and packet, without tokens and credentials", NULL, 0},
    {"log-format", SETTING_CHOICE, MEMBER (log_format), "text", 0, 0, "text|json", "How it does", NULL, 0},
    {"debug", SETTING_SWITCH, MEMBER (debug), "no", 0, 0, NULL, "The same as log-level=debug", NULL, 0},

    /* tokens */
    {"jwt-secret-file", SETTING_SECRET, MEMBER (jwt_secret), NULL, 32, MAX_SECRET, "FILE",
        "File with the secret of the tokens, at least 32 bytes", "JWT_SECRET", 's'},
    {"jwt-public-key-file", SETTING_SECRET, MEMBER (jwt_public_keys), NULL, 1, MAX_SECRET, "FILE",
        "PEM file with public keys of the tokens: RSA for RS256, EC on P-256 for ES256; 8 at most", "JWT_PUBLIC_KEY",
        0},
    {"jwt-issuer", SETTING_STRING, MEMBER (jwt_issuer), NULL, 0, 0, "ISS", "What a token's iss must be", NULL, 0},
    {"jwt-audience", SETTING_STRING, MEMBER (jwt_audience), NULL, 0, 0, "AUD",
        "What a token's aud must be, or be among", NULL, 0},
    {"jwt-leeway", SETTING_SECONDS, MEMBER (jwt_leeway), "0", 0, TOKEN_MAX_LEEWAY, "SECONDS",
        "How far the clock of who makes the tokens may be off", NULL, 0},

    /* calls */
    {"ring-timeout", SETTING_SECONDS, MEMBER (ring_timeout), "30", 0.001, 3600, "SECONDS",
        "How long a call rings before it is missed", NULL, 0},
    {"grace-timeout", SETTING_SECONDS, MEMBER (grace_timeout), "15", 0, 3600, "SECONDS",
        "How long a participant may be gone before its call ends", NULL, 0},

    /* sockets */
    {"ping-interval", SETTING_SECONDS, MEMBER (ping_interval), "25", 0.1, 3600, "SECONDS",
        "Time between two checks that a socket still is there", NULL, 0},
    {"ping-timeout", SETTING_SECONDS, MEMBER (ping_timeout), "20", 0.1, 3600, "SECONDS",
        "Time a socket has to answer such a check", NULL, 0},
    {"event-limit", SETTING_NUMBER, MEMBER (event_limit), "200", 0, G_MAXINT, "N",
        "Events a second that a socket may send before it is closed, 0 for no limit", NULL, 0},

    /* what a client may take */
    {"rate-limit-user", SETTING_NUMBER, MEMBER (user_rate), "600", 0, G_MAXINT, "N",
        "Requests and events (but signals) of a user a minute, 0 for no limit", NULL, 0},
    {"rate-limit-start", SETTING_NUMBER, MEMBER (start_rate), "60", 0, G_MAXINT, "N",
        "Calls that a user may start in a minute, 0 for no limit", NULL, 0},
    {"rate-limit-signal", SETTING_NUMBER, MEMBER (signal_rate), "6000", 0, G_MAXINT, "N",
        "Signals and quality reports of a user a minute, 0 for no limit", NULL, 0},
    {"rate-limit-connect", SETTING_NUMBER, MEMBER (connect_rate), "120", 0, G_MAXINT, "N",
        "Sockets that a user may open in a minute, 0 for no limit", NULL, 0},
    {"rate-limit-address", SETTING_NUMBER, MEMBER (address_rate), "6000", 0, G_MAXINT, "N",
        "Requests and new sessions of an address a minute, 0 for no limit", NULL, 0},
    {"rate-limit-login", SETTING_NUMBER, MEMBER (login_rate), "120", 0, G_MAXINT, "N",
        "Bad tokens of an address a minute before it is told to wait, 0 for no limit", NULL, 0},
    {"connection-limit", SETTING_NUMBER, MEMBER (connection_limit), "0", 0, G_MAXINT, "N",
        "Connections at once, 0 for as many as RLIMIT_NOFILE allows", NULL, 0},
    {"address-socket-limit", SETTING_NUMBER, MEMBER (address_socket_limit), "1000", 0, G_MAXINT, "N",
        "Sockets of one address at once, 0 for no limit", NULL, 0},
    {"user-socket-limit", SETTING_NUMBER, MEMBER (user_socket_limit), "32", 1, 1000, "N", "Sockets of one user at once",
        NULL, 0},
    {"body-limit", SETTING_NUMBER, MEMBER (body_limit), "65536", 1024, 16777216, "BYTES", "Largest body of a request",
        NULL, 0},
    {"message-limit", SETTING_NUMBER, MEMBER (message_limit), "1000000", 1024, 16777216, "BYTES",
        "Largest message of a socket, and body of a poll", NULL, 0},
    {"queue-limit", SETTING_NUMBER, MEMBER (queue_limit), "1048576", 65536, G_MAXINT, "BYTES",
        "What may wait for a slow reader before it is cut", NULL, 0},
    {"header-timeout", SETTING_SECONDS, MEMBER (header_timeout), "10", 1, 3600, "SECONDS",
        "Time for the head of a request, and between two pieces of a body", NULL, 0},
    {"idle-timeout", SETTING_SECONDS, MEMBER (idle_timeout), "30", 1, 3600, "SECONDS",
        "Time that a connection without a request is kept", NULL, 0},
    {"connect-timeout", SETTING_SECONDS, MEMBER (connect_timeout), "45", 1, 3600, "SECONDS",
        "Time that a session may be without a socket", NULL, 0},

    /* metrics */
    {"metrics-token-file", SETTING_SECRET, MEMBER (metrics_token), NULL, 16, 4096, "FILE",
        "File with the token that /metrics asks for (default: none, and it answers this machine only)", NULL, 0},

    /* ICE */
    {"stun-server", SETTING_LIST, MEMBER (stun_servers), NULL, 0, 0, "stun:HOST:PORT",
        "STUN server told to clients; may be repeated", NULL, 0},
    {"turn-server", SETTING_LIST, MEMBER (turn_servers), NULL, 0, 0, "turn:HOST:PORT",
        "TURN server told to clients; may be repeated", NULL, 0},
    {"turn-secret-file", SETTING_SECRET, MEMBER (turn_secret), NULL, 1, MAX_SECRET, "FILE",
        "File with the secret shared with the TURN servers (coturn: use-auth-secret)", NULL, 0},
    {"turn-ttl", SETTING_SECONDS, MEMBER (turn_ttl), "86400", 60, 7 * DAY, "SECONDS",
        "How long a TURN credential is good for", NULL, 0},

    /* webhooks */
    {"webhook-url", SETTING_LIST, MEMBER (webhook_urls), NULL, 0, 0, "URL",
        "Where calls' events are posted, http:// or https://; may be repeated", NULL, 0},
    {"webhook-secret-file", SETTING_SECRET, MEMBER (webhook_secret), NULL, 1, MAX_SECRET, "FILE",
        "File with the secret that signs the events: whsec_ and the base64 of 24 to 64 bytes", NULL, 0},
    {"webhook-events", SETTING_LIST, MEMBER (webhook_events), NULL, 0, 0, "EVENT",
        "Events to post, of call.started, call.accepted, call.ended, call.quality; may be repeated (default: all)",
        NULL, 0},
    {"webhook-timeout", SETTING_SECONDS, MEMBER (webhook_timeout), "10", 0.1, 300, "SECONDS",
        "How long one attempt to post an event may take", NULL, 0},
    {"webhook-max-age", SETTING_SECONDS, MEMBER (webhook_max_age), "259200", 1, 30 * DAY, "SECONDS",
        "How long an event is tried before it is given up", NULL, 0},
    {"webhook-outbox-limit", SETTING_NUMBER, MEMBER (webhook_outbox_limit), "1000000", 1, G_MAXINT, "N",
        "Events that may wait to be posted before the oldest are given up", NULL, 0},
    {"webhook-ca-file", SETTING_PATH, MEMBER (webhook_ca_file), NULL, 0, 0, "FILE",
        "Certificates that webhook URLs are verified with, in place of the system's", NULL, 0},

    /* Agora */
    {"agora-app-id", SETTING_STRING, MEMBER (agora_app_id), NULL, 0, 0, "ID",
        "App id at Agora, 32 hex digits: the server makes tokens for Agora's media service", "AGORA_APP_ID", 0},
    {"agora-app-certificate-file", SETTING_SECRET, MEMBER (agora_certificate), NULL, 32, 32, "FILE",
        "File with the app's certificate, 32 hex digits", "AGORA_APP_CERTIFICATE", 0},
    {"agora-token-version", SETTING_CHOICE, MEMBER (agora_token_version), "007", 0, 0, "007|006",
        "Version of Agora's tokens; 006 is for SDKs before 4.0", NULL, 0},
    {"agora-ttl", SETTING_SECONDS, MEMBER (agora_ttl), "3600", 60, DAY, "SECONDS", "How long such a token is good for",
        NULL, 0},
};

const guint n_settings = G_N_ELEMENTS (settings);
