#include "signature_book.h"

#include <QCryptographicHash>
#include <QJsonDocument>
#include <QJsonObject>

namespace freerelay::dialects {

namespace {

QByteArray keyOf(QByteArrayView kind, const QByteArray &name, const QByteArray &rest)
{
    QCryptographicHash hash(QCryptographicHash::Blake2b_256);
    for (const QByteArrayView part : {kind, QByteArrayView(name), QByteArrayView(rest)}) {
        hash.addData(part);
        hash.addData(QByteArrayView("\0", 1));
    }
    return hash.result();
}

QByteArray idKey(const ToolUseBlock &call)
{
    return call.id.isEmpty() ? QByteArray() : keyOf("id", call.name, call.id);
}

/// The same for any spelling of the arguments: QJsonObject sorts its members.
QByteArray fingerprint(const ToolUseBlock &call)
{
    const QJsonObject arguments = QJsonDocument::fromJson(call.arguments).object();
    return keyOf("arguments", call.name, QJsonDocument(arguments).toJson(QJsonDocument::Compact));
}

} // namespace

void SignatureBook::note(const ToolUseBlock &call)
{
    if (call.signature.isEmpty()) {
        return;
    }
    const QByteArray byArguments = fingerprint(call);
    const QByteArray byId = idKey(call);
    const std::lock_guard lock(m_mutex);
    keep(byArguments, call.signature);
    if (!byId.isEmpty()) {
        keep(byId, call.signature);
    }
    while (m_bytes > mostBytes) {
        m_bytes -= m_order.front().size() + m_signatures.take(m_order.front()).size();
        m_order.pop_front();
    }
}

void SignatureBook::keep(const QByteArray &key, const QByteArray &signature)
{
    const auto known = m_signatures.find(key);
    if (known == m_signatures.end()) {
        m_order.push_back(key);
        m_bytes += key.size() + signature.size();
        m_signatures.insert(key, signature);
        return;
    }
    m_bytes += signature.size() - known->size();
    *known = signature;
}

QByteArray SignatureBook::find(const ToolUseBlock &call) const
{
    const QByteArray byId = idKey(call);
    const QByteArray byArguments = fingerprint(call);
    const std::lock_guard lock(m_mutex);
    const auto known = m_signatures.constFind(byId);
    return known != m_signatures.constEnd() ? *known : m_signatures.value(byArguments);
}

void SignatureBook::complete(CanonicalRequest &request) const
{
    for (CanonicalMessage &message : request.messages) {
        for (ContentBlock &block : message.blocks) {
            auto *call = std::get_if<ToolUseBlock>(&block.value);
            if (call != nullptr && call->signature.isEmpty()) {
                call->signature = find(*call);
            }
        }
    }
}

} // namespace freerelay::dialects
