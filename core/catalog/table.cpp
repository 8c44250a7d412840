#include "table.h"

#include "core/catalog/table_fields.h"

#include <QHash>
#include <QtEndian>

#include <bit>
#include <cstring>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::catalog {

namespace {

constexpr QByteArrayView magic = "FRCT";

void appendUnsigned(QByteArray &out, std::uint64_t value)
{
    while (value >= 0x80) {
        out.append(static_cast<char>((value & 0x7f) | 0x80));
        value >>= 7;
    }
    out.append(static_cast<char>(value));
}

/// Appends the fields of values; strings are gathered in a pool without repetition.
class TableWriter
{
public:
    template <typename... Values> void operator()(const Values &...values) { (write(values), ...); }

    [[nodiscard]] QByteArray finish() const
    {
        QByteArray out = magic.toByteArray();
        out.append(static_cast<char>(tableVersion));
        appendUnsigned(out, m_pool.size());
        for (const QByteArray &text : m_pool) {
            appendUnsigned(out, static_cast<std::uint64_t>(text.size()));
            out.append(text);
            out.append('\0');
        }
        return out + m_fields;
    }

private:
    void write(const QByteArray &text)
    {
        auto known = m_indexes.find(text);
        if (known == m_indexes.end()) {
            known = m_indexes.insert(text, m_pool.size());
            m_pool.push_back(text);
        }
        appendUnsigned(m_fields, *known);
    }

    void write(bool flag) { m_fields.append(flag ? '\1' : '\0'); }
    void write(int number) { write(std::int64_t{number}); }

    void write(std::int64_t number)
    {
        const auto bits = static_cast<std::uint64_t>(number);
        appendUnsigned(m_fields, (bits << 1) ^ (number < 0 ? ~std::uint64_t{0} : 0));
    }

    void write(double number)
    {
        const quint64 bits = qToLittleEndian(std::bit_cast<quint64>(number));
        m_fields.append(QByteArrayView(reinterpret_cast<const char *>(&bits), sizeof bits));
    }

    template <typename Enum>
    requires std::is_enum_v<Enum>
    void write(Enum value) { m_fields.append(static_cast<char>(value)); }

    template <typename Value> void write(const std::optional<Value> &value)
    {
        write(value.has_value());
        if (value) {
            write(*value);
        }
    }

    template <typename First, typename Second> void write(const std::pair<First, Second> &pair)
    {
        write(pair.first);
        write(pair.second);
    }

    template <typename Value> void write(const std::vector<Value> &list)
    {
        appendUnsigned(m_fields, list.size());
        for (const Value &value : list) {
            write(value);
        }
    }

    template <typename Value>
    requires std::is_class_v<Value>
    void write(const Value &value) { visitFields(*this, value); }

    QByteArray m_fields;
    std::vector<QByteArray> m_pool;
    QHash<QByteArray, std::uint64_t> m_indexes;
};

/// Reads fields back. After the first impossible byte isGood() is false and every read is empty.
class TableReader
{
public:
    explicit TableReader(QByteArrayView table)
        : m_rest(table)
    {
        const QByteArrayView head = take(magic.size() + 1);
        m_good = m_good && head.startsWith(magic)
            && static_cast<quint8>(head.back()) == tableVersion;
        readPool();
    }

    template <typename... Values> void operator()(Values &...values) { (read(values), ...); }

    [[nodiscard]] bool isGood() const { return m_good; }
    [[nodiscard]] bool isAtEnd() const { return m_rest.isEmpty(); }

private:
    QByteArrayView take(qsizetype size)
    {
        if (!m_good || size < 0 || size > m_rest.size()) {
            m_good = false;
            return {};
        }
        const QByteArrayView taken = m_rest.first(size);
        m_rest = m_rest.sliced(size);
        return taken;
    }

    quint8 takeByte()
    {
        const QByteArrayView byte = take(1);
        return byte.isEmpty() ? quint8{0} : static_cast<quint8>(byte.front());
    }

    std::uint64_t takeUnsigned()
    {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            const quint8 byte = takeByte();
            value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
            if ((byte & 0x80) == 0) {
                return value;
            }
        }
        m_good = false;
        return 0;
    }

    /// A count of things that take at least one byte each.
    std::size_t takeCount()
    {
        const std::uint64_t count = takeUnsigned();
        m_good = m_good && count <= static_cast<std::uint64_t>(m_rest.size());
        return m_good ? static_cast<std::size_t>(count) : 0;
    }

    void readPool()
    {
        const std::size_t count = takeCount();
        m_pool.reserve(count);
        for (std::size_t i = 0; i < count && m_good; ++i) {
            const auto size = static_cast<qsizetype>(takeCount());
            const QByteArrayView text = take(size);
            m_good = takeByte() == 0 && m_good;
            m_pool.push_back(
                text.isEmpty() ? QByteArray() : QByteArray::fromRawData(text.data(), size));
        }
    }

    void read(QByteArray &text)
    {
        const std::uint64_t index = takeUnsigned();
        m_good = m_good && index < m_pool.size();
        text = m_good ? m_pool[index] : QByteArray();
    }

    void read(bool &flag)
    {
        const quint8 byte = takeByte();
        m_good = m_good && byte <= 1;
        flag = byte == 1;
    }

    void read(std::int64_t &number)
    {
        const std::uint64_t bits = takeUnsigned();
        number = static_cast<std::int64_t>((bits >> 1) ^ (~(bits & 1) + 1));
    }

    void read(int &number)
    {
        std::int64_t wide = 0;
        read(wide);
        number = static_cast<int>(wide);
    }

    void read(double &number)
    {
        quint64 bits = 0;
        const QByteArrayView bytes = take(sizeof bits);
        if (!bytes.isEmpty()) {
            std::memcpy(&bits, bytes.data(), sizeof bits);
        }
        number = std::bit_cast<double>(qFromLittleEndian(bits));
    }

    template <typename Enum>
    requires std::is_enum_v<Enum>
    void read(Enum &value)
    {
        const quint8 byte = takeByte();
        m_good = m_good && byte <= static_cast<quint8>(lastOf<Enum>);
        value = m_good ? static_cast<Enum>(byte) : Enum{};
    }

    template <typename Value> void read(std::optional<Value> &value)
    {
        bool present = false;
        read(present);
        if (present) {
            read(value.emplace());
        }
    }

    template <typename First, typename Second> void read(std::pair<First, Second> &pair)
    {
        read(pair.first);
        read(pair.second);
    }

    template <typename Value> void read(std::vector<Value> &list)
    {
        list.resize(takeCount());
        for (Value &value : list) {
            if (!m_good) {
                return;
            }
            read(value);
        }
    }

    template <typename Value>
    requires std::is_class_v<Value>
    void read(Value &value) { visitFields(*this, value); }

    QByteArrayView m_rest;
    std::vector<QByteArray> m_pool;
    bool m_good = true;
};

} // namespace

QByteArray encodeTable(const CatalogParts &parts)
{
    TableWriter writer;
    visitFields(writer, parts);
    return writer.finish();
}

common::Result<CatalogParts> decodeTable(QByteArrayView table)
{
    TableReader reader(table);
    CatalogParts parts;
    if (reader.isGood()) {
        visitFields(reader, parts);
    }
    if (!reader.isGood() || !reader.isAtEnd()) {
        return common::failure(
            common::ErrorKind::ProtocolError,
            u"The catalogue table is damaged or of another version."_s);
    }
    return parts;
}

} // namespace freerelay::catalog
