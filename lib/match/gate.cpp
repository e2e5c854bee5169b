#include "match/gate.hpp"

#include "base/text.hpp"
#include "match/parties.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

namespace crmsync::match {

namespace {

/// What a gate looks at.
struct Question {
    const Item& item;
    Asker asker;
    const Candidates& candidates;
    const Policy& policy;
    const Circumstances& circumstances;
};

std::string message_class(const Item& item)
{
    return fold(item.message().message_class.value_or(""));
}

/// "ipm.note.smime" itself or a class below it.
bool is_class(std::string_view folded, std::string_view name)
{
    return folded.starts_with(name) && (folded.size() == name.size() || folded[name.size()] == '.');
}

std::optional<Closed> meeting(const Question& q)
{
    if (!is_class(message_class(q.item), "ipm.schedule.meeting"))
        return std::nullopt;
    return Closed{Rule::gate_meeting, "a meeting request or response is not tracked as mail"};
}

std::optional<Closed> rights_protected(const Question& q)
{
    const std::string name = message_class(q.item);
    // A clear-signed message is readable by everybody: signed, but not encrypted.
    if (is_class(name, "ipm.note.smime.multipartsigned") || is_class(name, "ipm.note.secure.sign"))
        return std::nullopt;
    const auto& headers = q.item.message().automatic;
    if (headers.has_value() && headers->is_protected)
        return Closed{Rule::gate_rights_protected, "its headers say that it is protected"};
    for (const std::string_view protected_class :
         {"ipm.note.smime", "ipm.note.secure", "ipm.note.rpmsg", "ipm.note.irm"})
        if (is_class(name, protected_class))
            return Closed{Rule::gate_rights_protected,
                          "the message is encrypted or rights-protected"};
    return std::nullopt;
}

std::optional<Closed> sensitivity(const Question& q)
{
    const auto& said = q.item.sensitivity;
    if (said.has_value() && *said == Sensitivity::normal)
        return std::nullopt;
    if (!said.has_value()) {
        const bool look_is_over = q.item.message().automatic.said();
        if (q.asker == Asker::person || !look_is_over)
            return std::nullopt;
        return Closed{Rule::gate_sensitivity, "its sensitivity is not known"};
    }
    if (q.asker == Asker::person && sent_by_user(q.item, q.candidates, q.circumstances))
        return std::nullopt;
    return Closed{Rule::gate_sensitivity, "it is marked personal, private or confidential"};
}

std::optional<Closed> internal_only(const Question& q)
{
    if (!q.policy.internal_only || q.asker == Asker::person ||
        has_external(q.item, q.candidates, q.policy))
        return std::nullopt;
    return Closed{Rule::gate_internal_only, "nobody outside the own domains takes part"};
}

std::optional<Closed> never_folder(const Question& q)
{
    if (q.asker == Asker::person || q.circumstances.listed == Listed::no)
        return std::nullopt;
    if (q.circumstances.listed == Listed::unknown)
        return Closed{Rule::gate_folder, "it is not known whether its folder is a listed one"};
    return Closed{Rule::gate_folder, "it lies in a folder that is never tracked"};
}

/// "no-reply", "noreply.billing", "do_not_reply", "mailer-daemon"; never "nino.reply".
bool is_machine(std::string_view local)
{
    std::string words = " ";
    for (const char c : local)
        words += c == '.' || c == '-' || c == '_' ? ' ' : c;
    words += ' ';
    for (const std::string_view phrase :
         {" noreply ", " no reply ", " donotreply ", " do not reply ", " dontreply ",
          " mailer daemon ", " mailerdaemon ", " nicht antworten ", " ne pas repondre "})
        if (words.find(phrase) != std::string::npos)
            return true;
    return words == " postmaster " || words == " bounce " || words == " bounces ";
}

std::optional<Closed> automatic(const Question& q)
{
    if (q.asker == Asker::person)
        return std::nullopt;
    const std::string name = message_class(q.item);
    if (name.starts_with("report."))
        return Closed{Rule::gate_automatic, "it is a delivery or read report"};
    if (name.starts_with("ipm.note.rules."))
        return Closed{Rule::gate_automatic, "it is an automatic answer"};
    const auto& headers = q.item.message().automatic;
    if (headers.has_value() && headers->automatic)
        return Closed{Rule::gate_automatic,
                      "its header " + headers->header + " says that a program sent it"};
    const auto sender = sender_of(q.item);
    if (!sender || trim(sender->address) == "<>")
        return Closed{Rule::gate_automatic, "it names no sender"};
    if (const auto address = parse_address(sender->address);
        address && is_machine(std::string_view(address->text).substr(0, address->text.find('@'))))
        return Closed{Rule::gate_automatic, "its sender reads no answers"};
    return std::nullopt;
}

} // namespace

std::optional<Closed> gate(const Item& item, Asker asker, const Candidates& candidates,
                           const Policy& policy, const Circumstances& circumstances)
{
    const Question question{item, asker, candidates, policy, circumstances};
    for (const auto step :
         {meeting, rights_protected, sensitivity, internal_only, never_folder, automatic})
        if (auto closed = step(question))
            return closed;
    return std::nullopt;
}

bool header_look_missing(const Item& item, const Candidates& candidates,
                         const Circumstances& circumstances)
{
    const bool looked = item.message().automatic.said();
    // The sender's own copy has no transport headers (G-112), so none are waited for.
    const bool own_copy = circumstances.folder == WellKnown::sent_items ||
                          sent_by_user(item, candidates, circumstances);
    return !looked && (!own_copy || !item.sensitivity.has_value());
}

} // namespace crmsync::match
