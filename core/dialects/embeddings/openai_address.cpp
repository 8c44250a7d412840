#include "openai_address.h"

#include "core/catalog/endpoint.h"
#include "core/dialects/json_object_edit.h"
#include "core/dialects/json_text.h"

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::dialects {

QByteArray openAiPath(const catalog::Provider &provider, QByteArrayView address)
{
    constexpr QByteArrayView chatAddress("/chat/completions");
    if (!provider.chatPath.endsWith(chatAddress)) {
        return {};
    }
    return provider.chatPath.chopped(chatAddress.size()) + address;
}

common::Result<EncodedRequest> encodeForAddress(
    const ChatRequest &request,
    const catalog::Provider &provider,
    const catalog::Model &model,
    QByteArrayView address,
    std::span<const QByteArrayView> drop)
{
    const QByteArray path = openAiPath(provider, address);
    if (path.isEmpty()) {
        return common::failure(
            common::ErrorKind::InvalidArgument,
            u"The address of this request is not known at %1."_s.arg(
                QString::fromUtf8(provider.name)));
    }
    Splicer splicer(request.body);
    JsonObjectEdit edit(JsonValue(QByteArrayView(request.body).trimmed()));
    for (qsizetype i = 0; i < edit.size(); ++i) {
        const JsonMember &member = edit.at(i);
        const bool isDropped = std::any_of(
            drop.begin(), drop.end(), [&](QByteArrayView name) { return member.keyIs(name); });
        if (isDropped || member.value.isNull() || catalog::refuses(provider, model, member.key())) {
            edit.remove(i);
        }
    }
    edit.set("model", jsonString(model.name));
    edit.commit(splicer);
    EncodedRequest encoded;
    encoded.path = path;
    encoded.headers.add("content-type", "application/json");
    encoded.headers.add("accept", "application/json");
    encoded.body = splicer.apply();
    return encoded;
}

} // namespace freerelay::dialects
