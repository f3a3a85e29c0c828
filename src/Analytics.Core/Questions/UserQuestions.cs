namespace Analytics.Core.Questions;

/// <summary>How many of the users who did something come back, period by period.</summary>
/// <param name="Scope">Cohorts are made of the whole periods that it touches.</param>
/// <param name="Start">What makes a user one of a cohort.</param>
/// <param name="Return">What shows that the user came back.</param>
/// <param name="IsFirstTime">Whether a user is of one cohort only, that of the first time ever; else of each in which the start was made.</param>
/// <param name="Period">Days, weeks or months.</param>
/// <param name="IsRolling">Whether a day is 24 hours from the user's start on, and not one of the calendar.</param>
/// <param name="Periods">Periods after the cohort's own.</param>
/// <param name="Filter">Which events; null for all.</param>
/// <param name="Breakdown">The property of a user's first start in the cohort's period that tells cohorts apart; null for one matrix.</param>
/// <param name="Limit">Groups that are told apart; the rest is one group of others.</param>
public sealed record RetentionQuestion(
    QuestionScope Scope, FunnelStep Start, FunnelStep Return, bool IsFirstTime, Granularity Period, bool IsRolling, int Periods, Filter? Filter, Property? Breakdown = null, int Limit = 10);

/// <summary>How active users come and go, or how often they are active.</summary>
/// <param name="Scope">The whole periods that it touches.</param>
/// <param name="Activity">What makes a user active.</param>
/// <param name="Period">Days, weeks or months.</param>
/// <param name="Filter">Which events; null for all.</param>
/// <param name="Breakdown">The property of a user's first event in a period (of stickiness: in the range) that tells users apart; null for one group.</param>
/// <param name="Limit">Groups that are told apart; the rest is one group of others.</param>
public sealed record ActivityQuestion(QuestionScope Scope, FunnelStep Activity, Granularity Period, Filter? Filter, Property? Breakdown = null, int Limit = 10);

/// <summary>What users do next to something, or before it.</summary>
/// <param name="Scope">When.</param>
/// <param name="Anchor">The something.</param>
/// <param name="By">What steps are called by: the name of the event, or its page.</param>
/// <param name="IsBackwards">Whether the steps before it are asked for.</param>
/// <param name="Depth">Steps.</param>
/// <param name="Limit">Links of a step that are told apart; the rest is one.</param>
/// <param name="Gap">A pause as long ends a path.</param>
/// <param name="Filter">Which events; null for all.</param>
public sealed record PathQuestion(
    QuestionScope Scope, FunnelStep Anchor, Property By, bool IsBackwards, int Depth, int Limit, TimeSpan Gap, Filter? Filter);

/// <summary>Whether one variant does better than another.</summary>
/// <param name="Scope">When users were exposed.</param>
/// <param name="Exposure">What exposes a user.</param>
/// <param name="Variant">The property of the exposure that names the variant.</param>
/// <param name="Control">The variant that the others are compared with; null for the first by name.</param>
/// <param name="Goals">What is measured after the exposure.</param>
/// <param name="Window">How long after it.</param>
/// <param name="Split">Expected shares of the variants; empty for equal ones.</param>
/// <param name="Filter">Which events; null for all.</param>
public sealed record ExperimentQuestion(
    QuestionScope Scope,
    FunnelStep Exposure,
    Property Variant,
    string? Control,
    IReadOnlyList<ExperimentGoal> Goals,
    TimeSpan Window,
    IReadOnlyDictionary<string, double> Split,
    Filter? Filter);

/// <summary>What an experiment measures.</summary>
/// <param name="What">The events.</param>
/// <param name="Of">The property that is added up for each user; null where it matters only whether the user did it.</param>
public sealed record ExperimentGoal(FunnelStep What, Property? Of);
