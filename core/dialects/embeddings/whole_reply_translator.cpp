#include "whole_reply_translator.h"

#include "core/dialects/failure_rules.h"
#include "core/dialects/json.h"

using namespace Qt::Literals::StringLiterals;

namespace freerelay::dialects {

common::Error WholeReplyTranslator::malformed(QString message)
{
    return {common::ErrorKind::ProtocolError, std::move(message), {}, {}, {}};
}

QByteArray WholeReplyTranslator::modelOf(const JsonValue &reply)
{
    m_progress.model = reply["model"].string();
    return m_progress.model.isEmpty() ? m_context.model : m_progress.model;
}

std::optional<common::Error> WholeReplyTranslator::feed(QByteArrayView in, QByteArray &)
{
    if (m_body.size() + in.size() > maxReplyBytes) {
        return malformed(u"the reply is larger than 96 MiB"_s);
    }
    m_body.append(in);
    return std::nullopt;
}

std::optional<common::Error> WholeReplyTranslator::finish(QByteArray &out)
{
    m_body = padded(std::move(m_body));
    const common::Result<JsonValue> root = parseJson(m_body);
    if (!root) {
        return malformed(u"the reply cannot be read: "_s % root.error().message);
    }
    if (root->first()["error"].isObject() || !(*root)["error"].isAbsent()) {
        return errorInReply(*root);
    }
    if (MaybeError error = write(*root, out)) {
        return error;
    }
    m_progress.content = true;
    m_progress.finished = true;
    m_progress.ended = true;
    m_body.clear();
    return std::nullopt;
}

} // namespace freerelay::dialects
