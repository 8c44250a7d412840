#include "http_syntax.h"

#include <algorithm>
#include <array>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::gateway {

namespace {

/// What SDKs and browsers send with nearly every request.
const std::array<QByteArray, 26> &commonNames()
{
    static const std::array<QByteArray, 26> names{
        "host"_ba,
        "accept"_ba,
        "connection"_ba,
        "user-agent"_ba,
        "content-type"_ba,
        "content-length"_ba,
        "authorization"_ba,
        "accept-encoding"_ba,
        "accept-language"_ba,
        "x-api-key"_ba,
        "transfer-encoding"_ba,
        "sec-fetch-mode"_ba,
        "sec-fetch-site"_ba,
        "origin"_ba,
        "expect"_ba,
        "x-stainless-lang"_ba,
        "x-stainless-package-version"_ba,
        "x-stainless-os"_ba,
        "x-stainless-arch"_ba,
        "x-stainless-runtime"_ba,
        "x-stainless-runtime-version"_ba,
        "x-stainless-retry-count"_ba,
        "x-stainless-timeout"_ba,
        "x-stainless-async"_ba,
        "x-stainless-read-timeout"_ba,
        "anthropic-version"_ba,
    };
    return names;
}

} // namespace

QByteArray headerName(QByteArrayView raw)
{
    std::array<char, 64> lower; // NOLINT: filled below up to what is read
    const bool fits = raw.size() <= static_cast<qsizetype>(lower.size());
    QByteArray longName(fits ? 0 : raw.size(), Qt::Uninitialized);
    char *const out = fits ? lower.data() : longName.data();
    for (qsizetype i = 0; i < raw.size(); ++i) {
        out[i] = lowerTokenChar(raw[i]);
        if (out[i] == 0) {
            return {};
        }
    }
    if (!fits) {
        return longName;
    }
    const QByteArrayView name(out, raw.size());
    for (const QByteArray &common : commonNames()) {
        if (name == common) {
            return common;
        }
    }
    return name.toByteArray();
}

QByteArrayView trimmedBlanks(QByteArrayView text)
{
    const auto isBlank = [](char c) { return c == ' ' || c == '\t'; };
    while (!text.isEmpty() && isBlank(text.front())) {
        text = text.sliced(1);
    }
    while (!text.isEmpty() && isBlank(text.back())) {
        text.chop(1);
    }
    return text;
}

bool hasControl(QByteArrayView text)
{
    return std::any_of(text.begin(), text.end(), [](char c) { return isControl(c) && c != '\t'; });
}

bool hasToken(QByteArrayView value, QByteArrayView token)
{
    while (!value.isEmpty()) {
        const qsizetype comma = value.indexOf(',');
        const QByteArrayView element = trimmedBlanks(comma < 0 ? value : value.first(comma));
        if (element.compare(token, Qt::CaseInsensitive) == 0) {
            return true;
        }
        value = comma < 0 ? QByteArrayView() : value.sliced(comma + 1);
    }
    return false;
}

} // namespace freerelay::gateway
