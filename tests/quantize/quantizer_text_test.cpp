#include <gmock/gmock.h>

#include <random>

#include "base/error.hpp"
#include "quantize/registry.hpp"

namespace specsweep::quantize {

namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::string message_of(const std::string& text)
{
    try {
        make_quantizer(text);
    } catch (const UsageError& error) {
        return error.what();
    }
    return {};
}

TEST(QuantizerText, LeavesDefaultsOutAndSortsKeys)
{
    EXPECT_EQ(canonical_quantizer("int:bits=4,block=32"), "int:block=32");
    EXPECT_EQ(canonical_quantizer("int:block=1x32"), "int:block=32");
    EXPECT_EQ(canonical_quantizer("int:scheme=asymmetric,bits=03,block=channel"), "int:bits=3,scheme=asymmetric");
    EXPECT_EQ(canonical_quantizer(" int : block = tensor "), "int:block=tensor");
    EXPECT_EQ(canonical_quantizer("int:block=128x128"), "int:block=128x128");
    EXPECT_EQ(canonical_quantizer("nvfp4:block=16"), "nvfp4");
    EXPECT_EQ(canonical_quantizer("nvfp4:block=32,cast=none"), "nvfp4:block=1x32");
    EXPECT_EQ(canonical_quantizer("uniform:block=tensor,bits=4"), "uniform");
    EXPECT_EQ(canonical_quantizer("reference"), "reference");
}

TEST(QuantizerText, DefaultsMayDependOnOtherParameters)
{
    EXPECT_EQ(canonical_quantizer("int:variant=restricted"), "int");
    EXPECT_EQ(canonical_quantizer("int:variant=gptq,scheme=asymmetric"), "int:scheme=asymmetric");
    EXPECT_EQ(canonical_quantizer("int:variant=gptq"), "int:variant=gptq");
}

TEST(QuantizerText, ResolvedTextHoldsEveryParameter)
{
    const QuantizerText resolved = resolve_quantizer("int:block=32");
    EXPECT_EQ(resolved.format, "int");
    EXPECT_EQ(resolved.values.at("bits"), "4");
    EXPECT_EQ(resolved.values.at("block"), "32");
    EXPECT_EQ(resolved.values.at("variant"), "restricted");
    EXPECT_EQ(resolved.values.at("cast"), "none");
}

TEST(QuantizerText, NamesWhatIsWrong)
{
    EXPECT_THAT(message_of("nvfp5"), AllOf(HasSubstr("nvfp5"), HasSubstr("nvfp4")));
    EXPECT_THAT(message_of("int:bit=4"), AllOf(HasSubstr("\"bit\""), HasSubstr("bits")));
    EXPECT_THAT(message_of("int:bits=9"), AllOf(HasSubstr("bits=9"), HasSubstr("1…8")));
    EXPECT_THAT(message_of("int:bits=four"), HasSubstr("1…8"));
    EXPECT_THAT(message_of("int:block=4"), HasSubstr("8 weights at least"));
    EXPECT_THAT(message_of("int:block=0x16"), HasSubstr("block=0x16"));
    EXPECT_THAT(message_of("int:scheme=symetric"), HasSubstr("symmetric | asymmetric"));
    EXPECT_THAT(message_of("int:scheme=symetric"), HasSubstr("did you mean 'symmetric'?"));
    EXPECT_THAT(message_of("int:block=chanel"), HasSubstr("did you mean 'channel'? accepted: tensor | channel"));
    EXPECT_THAT(message_of("int:block=7x"), Not(HasSubstr("did you mean")));
    EXPECT_THAT(message_of("int:bits"), HasSubstr("key=value"));
    EXPECT_THAT(message_of("int:bits=4,bits=4"), HasSubstr("twice"));
    EXPECT_THAT(message_of(""), HasSubstr("no format"));
    EXPECT_THAT(message_of("reference:bits=4"), HasSubstr("no parameters"));
}

TEST(QuantizerText, RefusesImpossibleCombinations)
{
    EXPECT_THAT(message_of("int:bits=1"), HasSubstr("binary"));
    EXPECT_THAT(message_of("int:scheme=asymmetric,variant=restricted"), HasSubstr("asymmetric variants"));
    EXPECT_THAT(message_of("int:variant=hqq"), HasSubstr("symmetric variants"));
    EXPECT_THAT(message_of("int:variant=reciprocal,scale=fp16"), HasSubstr("scale=fp16"));
    EXPECT_THAT(message_of("int:layout=flat"), HasSubstr("layout=flat"));
    EXPECT_EQ(message_of("int:bits=1,scheme=asymmetric"), "");
}

/// All values worth trying of a parameter, from its own description: `a | b`, `1…8`, blocks.
std::vector<std::string> candidates(const ParameterDescription& parameter)
{
    if (parameter.name == "block")
        return {"tensor", "channel", "8", "16", "1x32", "64", "100", "128", "16x16", "128x128", "1x1000"};
    std::vector<std::string> values = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "10", "16", "128"};
    std::string word;
    for (const char c : parameter.accepted + " ")
        if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-')
            word += c;
        else if (!word.empty())
            values.push_back(std::exchange(word, {}));
    return values;
}

TEST(QuantizerText, PrintedTextIsAFixedPointForRandomParameters)
{
    std::mt19937 random(7);
    const auto pick = [&random](const auto& from) { return from[random() % from.size()]; };
    int possible = 0;
    for (int round = 0; round < 20000; ++round) {
        const FormatDescription& format = pick(formats());
        QuantizerText text{format.name, {}};
        for (const ParameterDescription& parameter : format.parameters)
            if (parameter.default_value.empty() || random() % 3 == 0)
                text.values[parameter.name] = pick(candidates(parameter));
        std::string canonical;
        try {
            canonical = canonical_quantizer(print_quantizer_text(text));
        } catch (const UsageError&) {
            continue;
        }
        ++possible;
        EXPECT_EQ(canonical_quantizer(canonical), canonical);
        EXPECT_EQ(print_quantizer_text(parse_quantizer_text(canonical)), canonical);
        EXPECT_EQ(resolve_quantizer(canonical), resolve_quantizer(print_quantizer_text(text)));
        EXPECT_EQ(make_quantizer(canonical)->text(), canonical);
    }
    EXPECT_GT(possible, 1000);
}

TEST(QuantizerText, EveryFormatDescribesItself)
{
    for (const FormatDescription& format : formats()) {
        EXPECT_FALSE(format.summary.empty()) << format.name;
        EXPECT_FALSE(format.source.empty()) << format.name;
        for (const ParameterDescription& parameter : format.parameters)
            EXPECT_FALSE(parameter.accepted.empty()) << format.name << " " << parameter.name;
    }
}

TEST(QuantizerText, LevelTablesAreAscending)
{
    EXPECT_EQ(level_table("int:bits=2"), (std::vector<float>{-1, 0, 1}));
    EXPECT_EQ(level_table("int:bits=2,variant=full"), (std::vector<float>{-2, -1, 0, 1}));
    EXPECT_EQ(level_table("nvfp4").size(), 15U);
    EXPECT_TRUE(level_table("uniform").empty());
    for (const FormatDescription& format : formats()) {
        if (format.parameters.front().default_value.empty())
            continue;
        const std::vector<float> levels = level_table(format.name);
        EXPECT_TRUE(std::is_sorted(levels.begin(), levels.end())) << format.name;
    }
}

}  // namespace

}  // namespace specsweep::quantize
