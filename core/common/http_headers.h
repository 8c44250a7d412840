#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <utility>
#include <vector>

namespace freerelay::common {

/// Header fields in wire order; names are lower case, values trimmed.
class HeaderList
{
public:
    using Field = std::pair<QByteArray, QByteArray>;

    HeaderList() = default;
    HeaderList(std::initializer_list<Field> fields)
        : m_fields(fields)
    { }

    void add(QByteArray lowerCaseName, QByteArray value)
    {
        m_fields.emplace_back(std::move(lowerCaseName), std::move(value));
    }

    /// First value of `lowerCaseName`; null (isNull()) when the field is absent.
    [[nodiscard]] QByteArray value(QByteArrayView lowerCaseName) const
    {
        for (const Field &field : m_fields) {
            if (field.first == lowerCaseName) {
                return field.second.isNull() ? QByteArray("", 0) : field.second;
            }
        }
        return {};
    }

    [[nodiscard]] bool contains(QByteArrayView lowerCaseName) const
    {
        for (const Field &field : m_fields) {
            if (field.first == lowerCaseName) {
                return true;
            }
        }
        return false;
    }

    [[nodiscard]] const std::vector<Field> &fields() const { return m_fields; }
    [[nodiscard]] std::size_t size() const { return m_fields.size(); }
    void clear() { m_fields.clear(); }

private:
    std::vector<Field> m_fields;
};

} // namespace freerelay::common
