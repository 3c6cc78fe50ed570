/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/tonezones.h"

const ToneZone tone_zones_east[] = {
    {
        .code = "bg",
        .name = "Bulgaria",
        .source = "ITU-T E.180 Supplement 2 (2003); levels: E.180 (1998)",
        .tones =
            {
                [TONE_DIAL] = {"425", -10},
                [TONE_RINGBACK] = {"425/1000,0/4000", -10},
                [TONE_BUSY] = {"425/500,0/500", -10},
                [TONE_CONGESTION] = {"425/250,0/250", -10},
                [TONE_CALL_WAITING] = {"425/150,0/150,425/150,0/4000", -10},
                [TONE_RECORD] = {"1400/425,0/15000", -10},
                [TONE_INFO] = {"950/330,1400/330,1800/330,0/1000", -10},
                [TONE_STUTTER] = {"425/1500,0/100", -10},
            },
    },
    {
        .code = "cz",
        .name = "Czechia",
        .source = "ITU-T E.180 Supplement 2 (2003); levels: E.180 (1998)",
        .tones =
            {
                [TONE_DIAL] = {"425/330,0/330,425/660,0/660", -10},
                [TONE_RINGBACK] = {"425/1000,0/4000", -10},
                [TONE_BUSY] = {"425/330,0/330", -10},
                [TONE_CONGESTION] = {"425/165,0/165", -10},
                [TONE_CALL_WAITING] = {"425/330,0/9000", -10},
                [TONE_RECORD] = {"1400/500,0/14000", -10},
                [TONE_INFO] = {"950/330,0/30,1400/330,0/30,1800/330,0/1000", -10},
                [TONE_STUTTER] = {"425/450,0/50", -10},
            },
    },
    {
        .code = "gr",
        .name = "Greece",
        .source = "ITU-T E.180 Supplement 2 (2003); levels: E.180 (1998)",
        .tones =
            {
                [TONE_DIAL] = {"425/200,0/300,425/700,0/800", -10},
                [TONE_RINGBACK] = {"425/1000,0/4000", -10},
                [TONE_BUSY] = {"425/300,0/300", -10},
                [TONE_CONGESTION] = {"425/200,0/200", -10},
                [TONE_CALL_WAITING] = {"425/300,0/10000,425/500,0/10000", -10},
                [TONE_RECORD] = {"1400/400,0/15000", -10},
                [TONE_INFO] = {"950/330,1400/330,1800/330,0/1000", -10},
            },
    },
    {
        .code = "hr",
        .name = "Croatia",
        .source = "ITU-T E.180 Supplement 2 (2003); levels: E.180 (1998)",
        .tones =
            {
                [TONE_DIAL] = {"425/200,0/300,425/700,0/800", -10},
                [TONE_RINGBACK] = {"425/1000,0/4000", -10},
                [TONE_BUSY] = {"425/500,0/500", -10},
                [TONE_CONGESTION] = {"425/250,0/250", -10},
                [TONE_CALL_WAITING] = {"425/300,0/8000", -10},
                [TONE_RECORD] = {"1400/500,0/15000", -10},
                [TONE_INFO] = {"950/330,1400/330,1800/330,0/1000", -10},
                [TONE_STUTTER] = {"380+425", -13},
            },
    },
    {
        .code = "hu",
        .name = "Hungary",
        .source = "ITU-T E.180 Supplement 2 (2003); levels: E.180 (1998)",
        .tones =
            {
                [TONE_DIAL] = {"425", -10},
                [TONE_RINGBACK] = {"425/1250,0/3750", -10},
                [TONE_BUSY] = {"425/300,0/300", -10},
                [TONE_CONGESTION] = {"425/300,0/300", -10},
                [TONE_CALL_WAITING] = {"425/40,0/1960", -10},
                [TONE_RECORD] = {"1400/400,0/15000", -10},
                [TONE_INFO] = {"950/330,1400/330,1800/330,0/1000", -10},
                [TONE_STUTTER] = {"350+375+400", -15},
                [TONE_RECALL] = {"425+450", -13},
                [TONE_INTRUSION] = {"425/300,0/300,425/300,0/1500", -10},
            },
    },
    {
        .code = "pl",
        .name = "Poland",
        .source = "ITU-T E.180 Supplement 2 (2003); levels: E.180 (1998)",
        .tones =
            {
                [TONE_DIAL] = {"425", -10},
                [TONE_RINGBACK] = {"425/1000,0/4000", -10},
                [TONE_BUSY] = {"425/500,0/500", -10},
                [TONE_CONGESTION] = {"425/500,0/500", -10},
                [TONE_CALL_WAITING] = {"425/150,0/150,425/150,0/4000", -10},
                [TONE_RECORD] = {"1400/500,0/15000", -10},
                [TONE_INFO] = {"950/330,1400/330,1800/330,0/1000", -10},
                [TONE_STUTTER] = {"425/500,0/50", -10},
            },
    },
    {
        .code = "ro",
        .name = "Romania",
        .source = "ITU-T E.180 Supplement 2 (2003); levels: E.180 (1998)",
        .tones =
            {
                [TONE_DIAL] = {"425", -10},
                [TONE_RINGBACK] = {"425/1850,0/4150", -10},
                [TONE_BUSY] = {"425/167,0/167", -10},
                [TONE_CONGESTION] = {"425/500,0/500", -10},
                [TONE_RECORD] = {"1400/500,0/15000", -10},
                [TONE_INFO] = {"950/330,1400/330,1800/330,0/1000", -10},
            },
    },
    {
        .code = "ru",
        .name = "Russian Federation",
        .source = "ITU-T E.180 Supplement 2 (2003); levels: E.180 (1998)",
        .tones =
            {
                [TONE_DIAL] = {"425", -10},
                [TONE_RINGBACK] = {"425/1000,0/4000", -10},
                [TONE_BUSY] = {"425/350,0/350", -10},
                [TONE_CONGESTION] = {"425/175,0/175", -10},
                [TONE_CALL_WAITING] = {"425/200,0/5000", -10},
                [TONE_RECORD] = {"1400/400,0/15000", -10},
                [TONE_INFO] = {"950/330,1400/330,1800/330,0/1000", -10},
                [TONE_STUTTER] = {"425/400,0/40", -10},
            },
    },
    {
        .code = "sk",
        .name = "Slovakia",
        .source = "ITU-T E.180 Supplement 2 (2003); levels: E.180 (1998)",
        .tones =
            {
                [TONE_DIAL] = {"425/330,0/330,425/660,0/660", -10},
                [TONE_RINGBACK] = {"425/1000,0/4000", -10},
                [TONE_BUSY] = {"425/330,0/330", -10},
                [TONE_CONGESTION] = {"425/165,0/165", -10},
                [TONE_CALL_WAITING] = {"425/330,0/9000", -10},
                [TONE_RECORD] = {"1400/500,0/15000", -10},
                [TONE_INFO] = {"950/330,0/30,1400/330,0/30,1800/330,0/1000", -10},
                [TONE_STUTTER] = {"425/165,0/165,425/165,0/165,425/660,0/660", -10},
            },
    },
    {
        .code = "tr",
        .name = "Turkey",
        .source = "ITU-T E.180 Supplement 2 (2003); levels: E.180 (1998)",
        .tones =
            {
                [TONE_DIAL] = {"450", -10},
                [TONE_RINGBACK] = {"450/2000,0/4000", -10},
                [TONE_BUSY] = {"450/500,0/500", -10},
                [TONE_CONGESTION] = {"450/200,0/200,450/200,0/200,450/200,0/200,450/600,0/200", -10},
                [TONE_CALL_WAITING] = {"450/200,0/600,450/200,0/8000", -10},
                [TONE_RECORD] = {"1400/500,0/15000", -10},
                [TONE_INFO] = {"950/330,1400/330,1800/330,0/1000", -10},
                [TONE_STUTTER] = {"450/1000,0/250", -10},
                [TONE_UNOBTAINABLE] = {"450/200,0/200", -10},
                [TONE_CONFIRMATION] = {"450/40,0/40", -10},
                [TONE_HOWLER] = {"1400/200,0/200,2060/200,0/200,2460/200,0/200,2600/200,0/200", -10},
            },
    },
    {NULL},
};
