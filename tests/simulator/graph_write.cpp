#include "base/digest.hpp"
#include "base/failure.hpp"
#include "base/text.hpp"
#include "simulator/graph.hpp"
#include "simulator/message_body.hpp"

#include <boost/json/object.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace crmsync::sim {

namespace {

Address own_address(const Mailbox& mailbox)
{
    return {mailbox.spec().display_name, mailbox.spec().upn};
}

/// Enough of RFC 5322 for a draft: the header lines and the text after them.
Mail read_mime(std::string_view text)
{
    Mail mail;
    mail.html = false;
    while (!text.empty()) {
        const auto end = text.find('\n');
        const std::string_view line = trim(text.substr(0, end));
        text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
        if (line.empty())
            break;
        const auto colon = line.find(':');
        if (colon == std::string_view::npos)
            continue;
        const std::string_view name = line.substr(0, colon);
        const std::string value{trim(line.substr(colon + 1))};
        const auto open = value.find('<');
        const Address address =
            open == std::string::npos
                ? Address{value, value}
                : Address{std::string(trim(std::string_view(value).substr(0, open))),
                          value.substr(open + 1, value.find('>') - open - 1)};
        if (same_name(name, "Subject"))
            mail.subject = value;
        else if (same_name(name, "To"))
            mail.to.push_back(address);
        else if (same_name(name, "Cc"))
            mail.cc.push_back(address);
        else if (same_name(name, "Message-ID"))
            mail.message_id = value;
        else if (same_name(name, "In-Reply-To"))
            mail.in_reply_to = value;
        else if (same_name(name, "References"))
            mail.references = value;
    }
    mail.body = text;
    return mail;
}

Mail mime_body(const Request& request)
{
    try {
        const std::string text = from_base64(request.body);
        if (!text.empty())
            return read_mime(text);
    } catch (const Failure&) {
        // refused below, in the words of the service
    }
    throw GraphError{400, "ErrorMimeContentInvalidBase64String",
                     "Invalid base64 string for MIME content."};
}

bool is_mime(const Request& request)
{
    return same_name(request.header("Content-Type").substr(0, 10), "text/plain");
}

std::string text_member(const boost::json::object& body, std::string_view name)
{
    for (const auto& [key, value] : body)
        if (same_name(key, name) && value.is_string())
            return std::string(value.get_string());
    return {};
}

bool names_unknown_category(const std::vector<std::string>& written,
                            const std::vector<std::string>& there,
                            const std::vector<Category>& list)
{
    return std::any_of(written.begin(), written.end(), [&](const std::string& name) {
        return std::find(there.begin(), there.end(), name) == there.end() &&
               std::none_of(list.begin(), list.end(), [&](const Category& category) {
                   return fold(category.display_name) == fold(name);
               });
    });
}

} // namespace

Answer Graph::patch_message(Call& call, Item& item)
{
    const std::string_view if_match = call.request.header("If-Match");
    const bool stale =
        !if_match.empty() && if_match != "*" && if_match != etag(*call.mailbox, item);
    if (switches.conflict_next > 0) {
        --switches.conflict_next;
        throw errors::conflict();
    }
    if (stale && !switches.ignore_if_match)
        throw errors::conflict();

    Item changed = item;
    const std::uint64_t written = apply_message(changed, call.body(), item.is_draft);
    const bool is_read = changed.is_read;
    changed.is_read = item.is_read;
    changed.categories = spelling(*call.mailbox, std::move(changed.categories));
    if (switches.refuse_unknown_category &&
        names_unknown_category(changed.categories, item.categories, call.mailbox->categories()))
        throw errors::bad_request("The category is not in the master category list.");
    item = std::move(changed);
    call.mailbox->set_read(item, is_read);
    call.mailbox->touch(item, written, !switches.keep_modified_time);
    Answer answer = no_content();
    if (call.preferences.minimal_return && !switches.whole_message_on_patch)
        answer.headers.emplace_back("ETag", etag(*call.mailbox, item));
    else
        answer = show_message(call, item, 200);
    if (switches.touch_after_write) // the version that was told is an old one by now
        call.mailbox->touch(item, p_modified);
    return answer;
}

Answer Graph::delete_message(Call& call, Item& item)
{
    Mailbox& mailbox = *call.mailbox;
    const std::string& where = mailbox.folder(item.folder)->well_known;
    if (where == "recoverableitemsdeletions")
        mailbox.erase(item);
    else
        mailbox.move(item, *mailbox.well_known(where == "deleteditems" ? "recoverableitemsdeletions"
                                                                       : "deleteditems"));
    return no_content();
}

Answer Graph::move_message(Call& call, Item& item)
{
    const bool copies = same_name(call.request.path.back(), "copy");
    const std::string to = text_member(call.body(), "destinationId");
    if (to.empty())
        throw errors::bad_request("The parameter destinationId is required.");
    Folder& target = folder_named(call, to);
    if (copies)
        return show_message(call, call.mailbox->copy(item, target), 201);
    call.mailbox->move(item, target);
    return show_message(call, item, 201);
}

Answer Graph::create_draft(Call& call, Folder& folder)
{
    Mailbox& mailbox = *call.mailbox;
    Mail mail;
    if (is_mime(call.request))
        mail = mime_body(call.request);
    mail.is_read = true;
    Item item = world_.make_item(mail);
    item.is_draft = true;
    if (!is_mime(call.request))
        apply_message(item, call.body(), true);
    for (auto* const list : {&item.to, &item.cc, &item.bcc})
        for (Address& address : *list)
            if (Mailbox* const known = world_.by_address(address.address);
                known && address.name.empty())
                address.name = known->spec().display_name;
    return show_message(call, mailbox.add(folder, std::move(item)), 201);
}

Answer Graph::create_answer(Call& call, Item& item, std::string_view kind)
{
    const bool sends =
        same_name(kind, "reply") || same_name(kind, "replyAll") || same_name(kind, "forward");
    const bool all = same_name(kind, "createReplyAll") || same_name(kind, "replyAll");
    const bool forward = same_name(kind, "createForward") || same_name(kind, "forward");
    if (!sends && !all && !forward && !same_name(kind, "createReply"))
        throw errors::unknown_segment(kind);
    Mailbox& mailbox = *call.mailbox;
    Mail mail;
    if (is_mime(call.request))
        mail = mime_body(call.request);
    mail.is_read = true;
    if (mail.subject.empty())
        mail.subject = (forward ? "Fw: " : "Re: ") + item.subject;
    if (!forward && item.from)
        mail.to = {*item.from};
    if (all)
        for (const auto* const list : {&item.to, &item.cc})
            for (const Address& address : *list)
                if (!mailbox.receives(address.address))
                    mail.cc.push_back(address);
    mail.in_reply_to = forward ? std::string{} : item.message_id;
    mail.references =
        item.references.empty() ? item.message_id : item.references + ' ' + item.message_id;
    if (mail.body.empty()) {
        mail.body = "<html><body><br><hr>" + std::string(item.body.view()) + "</body></html>";
        mail.html = true;
    }
    Item draft = world_.make_item(mail);
    draft.from = draft.sender = own_address(mailbox);
    draft.is_draft = true;
    if (!call.request.body.empty() && !is_mime(call.request)) {
        const auto& body = call.body();
        if (const auto* const message = body.if_contains("message");
            message && message->is_object())
            apply_message(draft, message->get_object(), true);
        if (const auto* const to = body.if_contains("toRecipients"))
            apply_message(draft, boost::json::object{{"toRecipients", *to}}, true);
    }
    Item& made = mailbox.add(*mailbox.well_known("drafts"), std::move(draft));
    if (!sends)
        return show_message(call, made, 201);
    send(mailbox, made, true);
    return no_content(202);
}

void Graph::send(Mailbox& mailbox, Item& draft, bool save)
{
    draft.from = draft.from ? draft.from : own_address(mailbox);
    draft.sender = own_address(mailbox);
    draft.sent = draft.received = world_.clock().now();
    draft.is_draft = false;
    draft.from_me = true;
    mailbox.set_read(draft, true);
    const Mail mail = world_.mail_of(draft);
    if (switches.lose_categories_on_send)
        draft.categories.clear();
    const std::uint64_t conversation = draft.conversation;
    const std::string index = draft.conversation_index;
    if (save) {
        draft.modified = draft.sent;
        mailbox.move(draft, *mailbox.well_known("sentitems"));
    } else {
        mailbox.erase(draft);
    }
    world_.deliver_received(mail, conversation, index);
}

Answer Graph::send_draft(Call& call, Item& item)
{
    if (!item.is_draft)
        throw GraphError{400, "ErrorInvalidRequest", "The message was sent already."};
    if (item.to.empty() && item.cc.empty() && item.bcc.empty())
        throw GraphError{400, "ErrorInvalidRecipients", "At least one recipient isn't valid."};
    send(*call.mailbox, item, true);
    return no_content(202);
}

Answer Graph::send_mail(Call& call)
{
    Mail mail;
    const bool mime = is_mime(call.request);
    if (mime)
        mail = mime_body(call.request);
    mail.is_read = true;
    Item item = world_.make_item(mail);
    item.is_draft = true;
    bool save = true;
    if (!mime) {
        const auto& body = call.body();
        const boost::json::value* message = nullptr;
        for (const auto& [key, value] : body) {
            if (same_name(key, "message"))
                message = &value;
            if (same_name(key, "saveToSentItems"))
                save = value.is_bool()
                           ? value.get_bool()
                           : !(value.is_string() && same_name(value.get_string(), "false"));
        }
        if (!message || !message->is_object())
            throw errors::bad_request("The parameter message is required.");
        apply_message(item, message->get_object(), true);
    }
    if (item.from && !call.mailbox->receives(item.from->address))
        throw GraphError{403, "ErrorSendAsDenied",
                         "The user account which was used to submit this request does not have "
                         "the right to send mail on behalf of the specified sending account."};
    Mailbox& mailbox = *call.mailbox;
    send(mailbox, mailbox.add(*mailbox.well_known("drafts"), std::move(item)), save);
    return no_content(202);
}

} // namespace crmsync::sim
