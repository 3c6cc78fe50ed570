/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/tonezones.h"

const ToneZone tone_zones_asia[] = {
    {
        .code = "ae",
        .name = "United Arab Emirates",
        .source = "ITU-T E.180 Supplement 2 (2003); levels: E.180 (1998)",
        .tones =
            {
                [TONE_DIAL] = {"350+440", -13},
                [TONE_RINGBACK] = {"400+450/400,0/200,400+450/400,0/2000", -13},
                [TONE_BUSY] = {"400/375,0/375", -10},
                [TONE_CONGESTION] = {"400/400,0/350,400/225,0/525", -10},
                [TONE_INFO] = {"950/330,1400/330,1800/330,0/1000", -10},
                [TONE_UNOBTAINABLE] = {"400", -10},
            },
    },
    {
        .code = "cn",
        .name = "China",
        .source = "ITU-T E.180 Supplement 2 (2003); levels: E.180 (1998)",
        .tones =
            {
                [TONE_DIAL] = {"450", -10},
                [TONE_RINGBACK] = {"450/1000,0/4000", -10},
                [TONE_BUSY] = {"450/350,0/350", -10},
                [TONE_CONGESTION] = {"450/700,0/700", -10},
                [TONE_CALL_WAITING] = {"450/400,0/4000", -10},
                [TONE_RECORD] = {"950/400,0/10000", -10},
                [TONE_INFO] = {"450/100,0/100,450/100,0/100,450/100,0/100,450/400,0/400", -10},
                [TONE_STUTTER] = {"450/400,0/40", -10},
            },
    },
    {
        .code = "hk",
        .name = "Hong Kong",
        .source = "ITU-T E.180 Supplement 2 (2003); levels: E.180 (1998)",
        .tones =
            {
                [TONE_DIAL] = {"350+440", -13},
                [TONE_RINGBACK] = {"440+480/400,0/200,440+480/400,0/3000", -13},
                [TONE_BUSY] = {"480+620/500,0/500", -13},
                [TONE_CONGESTION] = {"480+620/250,0/250", -13},
                [TONE_UNOBTAINABLE] = {"480+620", -13},
            },
    },
    {
        .code = "il",
        .name = "Israel",
        .source = "ITU-T E.180 Supplement 2 (2003); levels: E.180 (1998)",
        .tones =
            {
                [TONE_DIAL] = {"414", -10},
                [TONE_RINGBACK] = {"414/1000,0/3000", -10},
                [TONE_BUSY] = {"414/500,0/500", -10},
                [TONE_CONGESTION] = {"414/250,0/250", -10},
                [TONE_RECORD] = {"1400/500,0/15000", -10},
                [TONE_INFO] = {"1000/330,1400/330,1800/330,0/1000", -10},
            },
    },
    {
        .code = "in",
        .name = "India",
        .source = "ITU-T E.180 Supplement 2 (2003); levels: E.180 (1998)",
        .tones =
            {
                [TONE_DIAL] = {"400*25", -10},
                [TONE_RINGBACK] = {"400*25/400,0/200,400*25/400,0/2000", -10},
                [TONE_BUSY] = {"400/750,0/750", -10},
                [TONE_CONGESTION] = {"400/250,0/250", -10},
                [TONE_CALL_WAITING] = {"400/200,0/100,400/200,0/7500", -10},
                [TONE_STUTTER] = {"400/2800,0/200", -10},
                [TONE_HOLDING] = {"400/250,0/250,400/250,0/3250", -10},
                [TONE_INTRUSION] = {"400/150,0/4850", -10},
            },
    },
    {
        .code = "jp",
        .name = "Japan",
        .source = "ITU-T E.180 Supplement 2 (2003); levels: E.180 (1998)",
        .tones =
            {
                [TONE_DIAL] = {"400", -10},
                [TONE_RINGBACK] = {"400*15/1000,0/2000", -10},
                [TONE_BUSY] = {"400/500,0/500", -10},
                [TONE_CONGESTION] = {"400/500,0/500", -10},
                [TONE_STUTTER] = {"400/125,0/125", -10},
            },
    },
    {
        .code = "kr",
        .name = "Korea, Republic of",
        .source = "ITU-T E.180 Supplement 2 (2003); levels: E.180 (1998)",
        .tones =
            {
                [TONE_DIAL] = {"350+440", -13},
                [TONE_RINGBACK] = {"440+480/1000,0/2000", -13},
                [TONE_BUSY] = {"480+620/500,0/500", -13},
                [TONE_CONGESTION] = {"480+620/300,0/200", -13},
                [TONE_CALL_WAITING] = {"350+440/250,0/250,350+440/250,0/3250", -13},
            },
    },
    {
        .code = "my",
        .name = "Malaysia",
        .source = "ITU-T E.180 Supplement 2 (2003); levels: E.180 (1998)",
        .tones =
            {
                [TONE_DIAL] = {"425", -10},
                [TONE_RINGBACK] = {"425/400,0/200,425/400,0/2000", -10},
                [TONE_BUSY] = {"425/500,0/500", -10},
                [TONE_CONGESTION] = {"425/500,0/500", -10},
                [TONE_UNOBTAINABLE] = {"425/2500,0/500", -10},
            },
    },
    {
        .code = "ph",
        .name = "Philippines",
        .source = "ITU-T E.180 Supplement 2 (2003); levels: E.180 (1998)",
        .tones =
            {
                [TONE_DIAL] = {"425", -10},
                [TONE_RINGBACK] = {"425+480/1000,0/4000", -13},
                [TONE_BUSY] = {"480+620/500,0/500", -13},
                [TONE_CONGESTION] = {"480+620/250,0/250", -13},
                [TONE_CALL_WAITING] = {"440/300,0/10000", -10},
                [TONE_RECORD] = {"1400/500,0/15000", -10},
                [TONE_INFO] = {"950/330,1400/330,1800/330,0/1000", -10},
            },
    },
    {
        .code = "sg",
        .name = "Singapore",
        .source = "ITU-T E.180 Supplement 2 (2003); levels: E.180 (1998)",
        .tones =
            {
                [TONE_DIAL] = {"425", -10},
                [TONE_RINGBACK] = {"425*24/400,0/200,425*24/400,0/2000", -10},
                [TONE_BUSY] = {"425/750,0/750", -10},
                [TONE_CONGESTION] = {"425/250,0/250", -10},
                [TONE_CALL_WAITING] = {"425*24/300,0/200,425*24/300,0/3200", -10},
                [TONE_RECORD] = {"1400/500,0/15000", -10},
                [TONE_INFO] = {"950/330,1400/330,1800/330,0/1000", -10},
                [TONE_STUTTER] = {"!425/200,!0/200,!425/600,!0/200,!425/200,!0/200,!425/600,!0/200,425", -10},
                [TONE_UNOBTAINABLE] = {"425/2500,0/500", -10},
                [TONE_INTRUSION] = {"425/250,0/2000", -10},
                [TONE_CONFIRMATION] = {"425/125,0/125", -10},
                [TONE_RECALL] = {"425*24/500,0/500,425/500,0/2500", -10},
            },
    },
    {
        .code = "th",
        .name = "Thailand",
        .source = "ITU-T E.180 Supplement 2 (2003); levels: E.180 (1998)",
        .tones =
            {
                [TONE_DIAL] = {"400*50", -10},
                [TONE_RINGBACK] = {"400/1000,0/4000", -10},
                [TONE_BUSY] = {"400/500,0/500", -10},
                [TONE_CONGESTION] = {"400/300,0/300", -10},
                [TONE_RECORD] = {"1400/500,0/15000", -10},
                [TONE_INFO] = {"950/330,1400/330,1800/330,0/1000", -10},
            },
    },
    {
        .code = "tw",
        .name = "Taiwan",
        .source = "ITU-T E.180 Supplement 2 (2003); levels: E.180 (1998)",
        .tones =
            {
                [TONE_DIAL] = {"350+440", -13},
                [TONE_RINGBACK] = {"440+480/1000,0/2000", -13},
                [TONE_BUSY] = {"480+620/500,0/500", -13},
                [TONE_CONGESTION] = {"480+620/250,0/250", -13},
                [TONE_CALL_WAITING] = {"350+440/250,0/250,350+440/250,0/3250", -13},
                [TONE_RECORD] = {"1400/500,0/15000", -10},
                [TONE_INFO] = {"950/330,1400/330,1800/330,0/1000", -10},
            },
    },
    {NULL},
};
