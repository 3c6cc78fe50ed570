/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/tonezones.h"

const ToneZone tone_zones_america[] = {
    {
        .code = "ar",
        .name = "Argentina",
        .source = "ITU-T E.180 Supplement 2 (2003); levels: E.180 (1998)",
        .tones =
            {
                [TONE_DIAL] = {"425", -10},
                [TONE_RINGBACK] = {"425/1000,0/4500", -10},
                [TONE_BUSY] = {"425/300,0/200", -10},
                [TONE_CONGESTION] = {"425/300,0/400", -10},
                [TONE_CALL_WAITING] = {"425/400,0/200,425/400,0/4000", -10},
                [TONE_INFO] = {"950/330,1400/330,1800/330,0/1000", -10},
            },
    },
    {
        .code = "br",
        .name = "Brazil",
        .source = "ITU-T E.180 Supplement 2 (2003); levels: E.180 (1998)",
        .tones =
            {
                [TONE_DIAL] = {"425", -10},
                [TONE_RINGBACK] = {"425/1000,0/4000", -10},
                [TONE_BUSY] = {"425/250,0/250", -10},
                [TONE_CONGESTION] = {"425/250,0/250,425/750,0/250", -10},
                [TONE_CALL_WAITING] = {"425/50,0/1000", -10},
                [TONE_INFO] = {"950/330,1400/330,1800/330,0/1000", -10},
            },
    },
    {
        .code = "ca",
        .name = "Canada",
        .source = "ITU-T E.180 Supplement 2 (2003); levels: E.300 series Supplement 3 (1988), precise tone plan",
        .tones =
            {
                [TONE_DIAL] = {"350+440", -13},
                [TONE_RINGBACK] = {"440+480/2000,0/4000", -19},
                [TONE_BUSY] = {"480+620/500,0/500", -24},
                [TONE_CONGESTION] = {"480+620/250,0/250", -24},
                [TONE_CALL_WAITING] = {"440/300,0/10000", -13},
                [TONE_RECORD] = {"1400/500,0/15000", -16},
                [TONE_INFO] = {"!950/330,!1400/330,!1800/330,0", -13},
                [TONE_STUTTER] = {"!350+440/100,!0/100,!350+440/100,!0/100,!350+440/100,!0/100,350+440", -13},
            },
    },
    {
        .code = "cl",
        .name = "Chile",
        .source = "ITU-T E.180 Supplement 2 (2003); levels: E.180 (1998)",
        .tones =
            {
                [TONE_DIAL] = {"400", -10},
                [TONE_RINGBACK] = {"400/1000,0/3000", -10},
                [TONE_BUSY] = {"400/500,0/500", -10},
                [TONE_CONGESTION] = {"400/200,0/200", -10},
                [TONE_CALL_WAITING] = {"400/250,0/8750", -10},
                [TONE_RECORD] = {"1400/500,0/15000", -10},
                [TONE_INFO] = {"950/333,1400/333,1800/333,0/1000", -10},
            },
    },
    {
        .code = "cr",
        .name = "Costa Rica",
        .source = "ITU-T E.180 Supplement 2 (2003); levels: E.180 (1998)",
        .tones =
            {
                [TONE_DIAL] = {"450", -10},
                [TONE_RINGBACK] = {"450/1200,0/4900", -10},
                [TONE_BUSY] = {"450/330,0/330", -10},
                [TONE_CONGESTION] = {"450/330,0/330", -10},
                [TONE_CALL_WAITING] = {"450/150,0/150,450/150,0/8000", -10},
                [TONE_INFO] = {"950/330,1400/330,1800/330,0/1000", -10},
            },
    },
    {
        .code = "mx",
        .name = "Mexico",
        .source = "ITU-T E.180 Supplement 2 (2003); levels: E.180 (1998)",
        .tones =
            {
                [TONE_DIAL] = {"425", -10},
                [TONE_RINGBACK] = {"425/1000,0/4000", -10},
                [TONE_BUSY] = {"425/250,0/250", -10},
                [TONE_CONGESTION] = {"425/250,0/250", -10},
                [TONE_CALL_WAITING] = {"425/200,0/600,425/200,0/10000", -10},
                [TONE_RECORD] = {"1400/500,0/15000", -10},
                [TONE_INFO] = {"950/330,0/30,1400/330,0/30,1800/330,0/1000", -10},
            },
    },
    {
        .code = "us",
        .name = "United States of America",
        .source = "ITU-T E.180 Supplement 2 (2003); levels: E.300 series Supplement 3 (1988), precise tone plan",
        .tones =
            {
                [TONE_DIAL] = {"350+440", -13},
                [TONE_RINGBACK] = {"440+480/2000,0/4000", -19},
                [TONE_BUSY] = {"480+620/500,0/500", -24},
                [TONE_CONGESTION] = {"480+620/250,0/250", -24},
                [TONE_CALL_WAITING] = {"440/300,0/10000", -13},
                [TONE_RECORD] = {"1400/500,0/15000", -16},
                [TONE_INFO] = {"!950/330,!1400/330,!1800/330,0", -13},
                [TONE_STUTTER] = {"!350+440/100,!0/100,!350+440/100,!0/100,!350+440/100,!0/100,350+440", -13},
                [TONE_RECALL] = {"!350+440/100,!0/100,!350+440/100,!0/100,!350+440/100,!0/100,350+440", -13},
            },
    },
    {
        .code = "ve",
        .name = "Venezuela",
        .source = "ITU-T E.180 Supplement 2 (2003); levels: E.180 (1998)",
        .tones =
            {
                [TONE_DIAL] = {"425", -10},
                [TONE_RINGBACK] = {"425/1000,0/4000", -10},
                [TONE_BUSY] = {"425/500,0/500", -10},
                [TONE_CONGESTION] = {"425/250,0/250", -10},
                [TONE_CALL_WAITING] = {"400+450/300,0/6000", -13},
                [TONE_RECORD] = {"1400/500,0/15000", -10},
                [TONE_INFO] = {"950/330,1400/330,1800/330,0/1000", -10},
            },
    },
    {NULL},
};
