#include "vectors.h"

#include <QtEndian>

#include <limits>

namespace freerelay::dialects {

namespace {

constexpr qsizetype floatBytes = sizeof(float);

/// The bytes behind a base64 string; null when it is none of whole numbers.
QByteArray bytesOf(const JsonValue &vector)
{
    const auto decoded = QByteArray::fromBase64Encoding(
        vector.string(), QByteArray::AbortOnBase64DecodingErrors);
    const bool isWhole = decoded && !decoded.decoded.isEmpty()
        && decoded.decoded.size() % floatBytes == 0;
    return isWhole ? decoded.decoded : QByteArray();
}

} // namespace

QByteArray vectorAsNumbers(const JsonValue &vector)
{
    if (vector.isArray()) {
        return vector.isEmptyContainer() || !vector.first().isNumber()
            ? QByteArray()
            : vector.text().toByteArray();
    }
    const QByteArray bytes = bytesOf(vector);
    if (bytes.isNull()) {
        return {};
    }
    QByteArray numbers("[");
    for (qsizetype at = 0; at < bytes.size(); at += floatBytes) {
        const auto number = qFromLittleEndian<float>(bytes.constData() + at);
        numbers += QByteArray::number(
            double(number), 'g', std::numeric_limits<float>::max_digits10);
        numbers += ',';
    }
    numbers.back() = ']';
    return numbers;
}

QByteArray vectorAsBase64(const JsonValue &vector)
{
    if (vector.isString()) {
        return bytesOf(vector).isNull() ? QByteArray() : vector.text().toByteArray();
    }
    QByteArray bytes;
    for (const JsonValue number : vector.elements()) {
        const std::optional<double> value = number.number();
        if (!value) {
            return {};
        }
        char four[floatBytes];
        qToLittleEndian(static_cast<float>(*value), four);
        bytes.append(four, floatBytes);
    }
    return bytes.isEmpty() ? QByteArray() : '"' + bytes.toBase64() + '"';
}

} // namespace freerelay::dialects
